"""graders/touched.py and imports.py: what a change can alter through what imports it."""

from __future__ import annotations

import pytest
from touches import ALL, EXERCISE, LIST, Edits, edited, of

from graders.bugs import BUGS
from graders.touched import touched


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
