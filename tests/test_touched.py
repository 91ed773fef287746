"""graders/touched.py and imports.py: what a change of files can alter."""

from __future__ import annotations

from pathlib import Path

import pytest

from graders import variant
from graders.bugs import BUGS
from graders.checks import Probe
from graders.model import SLUGS
from graders.patch import apply
from graders.submission import encoded
from graders.touched import changes, touched

TREE = Path(__file__).resolve().parent.parent
EXERCISE = encoded(variant.exercise(TREE))

ALL = SLUGS
LIST = ("n-plus-one", "zero-pool", "missing-model")
"""Those that ask for the list of products."""

Edits = dict[str, "str | bytes | None"]
"""By path, what is added at the end of a file of the exercise, the bytes of another one, or that it goes."""


def edited(edits: Edits) -> dict[str, bytes]:
    files = dict(EXERCISE)
    for path, edit in edits.items():
        if edit is None:
            del files[path]
        else:
            files[path] = edit if isinstance(edit, bytes) else files.get(path, b"") + edit.encode()
    return files


def of(edits: Edits, first: Edits | None = None) -> tuple[str, ...]:
    """What is touched by edits, of an exercise that had others before."""
    return touched(edited(first or {}), edited({**(first or {}), **edits}), BUGS)


@pytest.mark.parametrize("probe", BUGS, ids=lambda probe: probe.bug.slug)
def test_a_bug_names_modules_of_the_exercise(probe: Probe) -> None:
    assert probe.modules
    assert set(probe.modules) <= set(EXERCISE)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("app/catalog.py", LIST),
        ("app/analytics.py", ("unstable-cache",)),
        ("app/reports.py", ("zero-pool",)),
        ("app/database.py", ALL),
        ("app/models.py", ALL),
        ("app/main.py", ALL),
        ("app/__init__.py", ALL),
        ("init_db.py", ALL),
        ("app/rates.py", ()),
        ("README.md", ()),
        ("requirements.txt", ()),
        ("test_load.py", ()),
        ("populate_db.py", ()),
    ],
)
def test_a_blank_line_in_a_file(path: str, expected: tuple[str, ...]) -> None:
    assert of({path: "\n"}) == expected


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ({}, ()),
        ({"README.md": "x", "app/reports.py": "\n"}, ("zero-pool",)),
        ({"app/analytics.py": "\n", "app/reports.py": "\n"}, ("unstable-cache", "zero-pool")),
        ({"app/catalog.py": "\n", "app/analytics.py": "\n"}, ALL),
        ({"app/.catalog.py.swp": "x", "app/catalog.py~": "x", "app/4913": "x", "app/.#main.py": "x"}, ()),
        ({"debug.log": "x", ".pytest_cache/v/x": "x", ".DS_Store": "x", ".kit-swap/new/README.md": "x"}, ()),
    ],
)
def test_several_files(edits: Edits, expected: tuple[str, ...]) -> None:
    assert of(edits) == expected


@pytest.mark.parametrize(
    "edits",
    [
        {"app/catalog.py": None},
        {"app/catalog.py": b"def"},
        {"app/catalog.py": b"\0"},
        {"app/catalog.py": b"x = '\xff'"},
        {"app/catalog.py": b"x = 1" + b"+1" * 20_000},
        {"app/unused.py": "x = 1"},
        {"app/data.json": "{}"},
        {"app/data.so": b"\x7fELF"},
        {"notes.txt": "x"},
        {"fastapi.py": "x = 1"},
        {"app/README.md": "x"},
    ],
    ids=str,
)
def test_what_is_not_certain_touches_all(edits: Edits) -> None:
    assert of(edits) == ALL


def test_an_error_is_uncertain_when_it_is_mended_too() -> None:
    assert of({"app/reports.py": EXERCISE["app/reports.py"]}, {"app/reports.py": b"def"}) == ALL


@pytest.mark.parametrize(
    "line",
    [
        "import importlib; x = importlib.import_module('app.analytics')",
        "x = __import__('app.analytics')",
        "exec('import app.analytics')",
        "import sys; sys.modules['app.analytics'] = 1",
        "from app import *",
        "from .. import analytics",
        "setattr(database, 'utcnow', 1)",
        "database.utcnow = 1",
        "models.Product.views = 1",
        "del database.utcnow",
        "os.environ['X'] = '1'; import os",
        "database.engine.pool().size = 1",
        "@sa.event.listens_for(database.engine, 'connect')\ndef x(*args): pass",
        "class Total(models.Base): pass",
        "threading.Thread(target=print).start()",
        "session.commit()",
        "sqlite3.connect('shop.db', isolation_level=None)",
        "from anyio import to_thread",
    ],
)
def test_what_may_change_more_than_its_own_feature_touches_all(line: str) -> None:
    assert of({"app/reports.py": f"\n{line}\n"}) == ALL


@pytest.mark.parametrize(
    "line",
    ["import threading; lock = threading.Lock()", "cache = {}; cache['x'] = 1", "pattern = '\\d'", "x.y = 1"],
)
def test_what_changes_only_its_own_feature(line: str) -> None:
    assert of({"app/analytics.py": f"\n{line}\n"}) == ("unstable-cache",)


@pytest.mark.parametrize(
    "line",
    [
        "from app import extra",
        "from app.extra import x",
        "import app.extra",
        "import app.extra as e, json",
        "from . import extra",
        "from .extra import x",
        "from app.extra import *",
        "def later():\n    from app import extra",
    ],
)
def test_a_file_of_ones_own_belongs_to_what_imports_it(line: str) -> None:
    users: Edits = {"app/analytics.py": f"\n{line}\n"}
    assert of({"app/extra.py": "x = 2"}, {**users, "app/extra.py": "x = 1"}) == ("unstable-cache",)
    assert of({**users, "app/extra.py": "x = 1"}) == ("unstable-cache",)


@pytest.mark.parametrize("path", ["app/lib/__init__.py", "app/lib/sums.py", "app/lib/deep.py"])
def test_a_package_of_ones_own(path: str) -> None:
    lib: Edits = {
        "app/lib/__init__.py": "",
        "app/lib/sums.py": "from .deep import x",
        "app/lib/deep.py": "x=1",
    }
    assert of({path: "\n"}, {**lib, "app/catalog.py": "\nfrom app.lib import sums\n"}) == LIST
    assert of({path: "\n"}, {**lib, "app/catalog.py": "\nimport app.lib.sums\n"}) == LIST


def test_a_folder_without_init_is_a_package_too() -> None:
    lib: Edits = {"app/lib/sums.py": "x = 1", "app/reports.py": "\nfrom app.lib.sums import x\n"}
    assert of({"app/lib/sums.py": "\n"}, lib) == ("zero-pool",)


def test_an_import_counts_that_is_there_only_before() -> None:
    first: Edits = {"app/extra.py": "x = 1", "app/reports.py": "\nfrom app import extra\n"}
    after: Edits = {"app/extra.py": "x = 2", "app/reports.py": EXERCISE["app/reports.py"]}
    assert of(after, first) == ("zero-pool",)


def test_features_that_import_each_other_are_touched_together() -> None:
    first: Edits = {"app/database.py": "\ndef forget():\n    from app import analytics\n"}
    assert of({"app/analytics.py": "\n"}, first) == ALL
    assert of({"app/reports.py": "\n"}, {"app/catalog.py": "\nfrom app import reports\n"}) == LIST


def test_a_file_of_ones_own_that_goes_touches_all() -> None:
    first: Edits = {"app/extra.py": "x = 1", "app/reports.py": "\nfrom app import extra\n"}
    assert touched(edited(first), {**edited(first), **EXERCISE}, BUGS) == ("zero-pool",)
    assert touched(edited(first), EXERCISE, BUGS) == ALL


def test_a_file_beside_the_service_may_be_in_the_way_of_a_package() -> None:
    assert of({"json.py": "x = 2"}, {"json.py": "x = 1", "app/reports.py": "\nimport json\n"}) == ALL


def test_what_makes_the_database_touches_all() -> None:
    users: Edits = {"init_db.py": "\nfrom app import extra\n", "app/reports.py": "\nfrom app import extra\n"}
    assert of({"app/extra.py": "x = 2"}, {**users, "app/extra.py": "x = 1"}) == ALL


def test_a_tool_that_the_service_imports_touches_all() -> None:
    assert of({"populate_db.py": "\n"}, {"app/catalog.py": "\nimport populate_db\n"}) == ALL
    assert of({"test_load.py": "\n"}, {"init_db.py": "\nimport test_load\n"}) == ALL


def test_a_file_that_main_imports_itself_touches_all() -> None:
    main = EXERCISE["app/main.py"]
    for line in ("from app import extra", "from app.extra import x", "from . import extra"):
        first: Edits = {
            "app/extra.py": "x = 1",
            "app/catalog.py": "\nfrom app import extra\n",
            "app/main.py": main + line.encode(),
        }
        assert of({"app/extra.py": "x = 2"}, first) == ALL


@pytest.mark.parametrize(
    "line",
    [
        "app.middleware('http')(analytics.measure)",
        "def both(): return analytics.cache, catalog.list_products",
        "analyse = analytics.analyse",
    ],
)
def test_a_feature_that_main_uses_in_two_places_is_uncertain(line: str) -> None:
    assert of({"app/analytics.py": "\n"}, {"app/main.py": f"\n{line}\n"}) == ALL


def test_a_route_that_is_answered_elsewhere_is_uncertain() -> None:
    moved = EXERCISE["app/main.py"].replace(b"return catalog.list_products(", b"return analytics.products(")
    assert of({"app/analytics.py": "\n"}, {"app/main.py": moved}) == ALL
    assert of({"app/reports.py": "\n"}, {"app/main.py": moved}) == ALL


def test_features_that_main_uses_in_one_place_are_uncertain() -> None:
    main = b"from app import analytics, catalog, database, reports\nuse(analytics, catalog, reports)\n"
    assert of({"app/analytics.py": "\n"}, {"app/main.py": main}) == ALL


def test_names_instead_of_modules_in_main_are_as_good() -> None:
    main = EXERCISE["app/main.py"].replace(b"analytics, catalog", b"catalog")
    main = (
        main.replace(b"await analytics.analyse", b"await look")
        + b"\nfrom app.analytics import analyse as look\n"
    )
    assert of({"app/analytics.py": "\n"}, {"app/main.py": main}) == ("unstable-cache",)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_fix_touches_its_bug_and_so_does_every_wrong_one(slug: str) -> None:
    patches = [variant.fix(TREE, slug), *(wrong.patch for wrong in variant.wrong_fixes(TREE, slug))]
    for patch in patches:
        assert slug in touched(EXERCISE, encoded(apply([patch], variant.exercise(TREE))), BUGS)


def test_changes_are_edits_additions_and_removals() -> None:
    assert changes({"a": b"1", "b": b"1", "c": b"1"}, {"b": b"2", "c": b"1", "d": b""}) == ("a", "b", "d")
