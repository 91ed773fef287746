"""graders/touched.py: what a change of files can alter."""

from __future__ import annotations

import pytest
from conftest import TREE
from touches import ALL, EXERCISE, LIST, Edits, of

from graders import variant
from graders.bugs import BUGS
from graders.checks import Probe
from graders.model import SLUGS
from graders.patch import apply
from graders.submission import encoded
from graders.touched import changes, touched


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


@pytest.mark.parametrize("slug", SLUGS)
def test_a_fix_touches_its_bug_and_so_does_every_wrong_one(slug: str) -> None:
    patches = [variant.fix(TREE, slug), *(wrong.patch for wrong in variant.wrong_fixes(TREE, slug))]
    for patch in patches:
        assert slug in touched(EXERCISE, encoded(apply([patch], variant.exercise(TREE))), BUGS)


def test_changes_are_edits_additions_and_removals() -> None:
    assert changes({"a": b"1", "b": b"1", "c": b"1"}, {"b": b"2", "c": b"1", "d": b""}) == ("a", "b", "d")
