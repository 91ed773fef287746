"""How a variant may be presented: honest sets no traps and stays true, blind names no bug."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import TREE

from graders import patch, variant
from graders.model import PRESENTATIONS

BROKEN = variant.files(TREE, ())
HONEST = variant.files(TREE, (), ["honest"])
BLIND = variant.files(TREE, (), ["blind"])


def changed(files: patch.Files) -> set[str]:
    assert set(files) == set(BROKEN)
    return {path for path in files if files[path] != BROKEN[path]}


def test_every_presentation_has_a_patch_and_the_other_way_round() -> None:
    found = {path.stem for path in (TREE / "solutions" / "presentation").iterdir()}
    assert found == set(PRESENTATIONS)


@pytest.mark.parametrize("name", PRESENTATIONS)
def test_a_patch_says_what_it_is_for(name: str) -> None:
    assert len(variant.presented(TREE, name).header) > 40


def test_without_a_presentation_a_variant_is_as_it_was() -> None:
    assert variant.exercise(TREE) == BROKEN


def test_honest_touches_only_what_a_candidate_sets_up_with() -> None:
    assert changed(HONEST) == {"README.md", "requirements.txt"}


def test_the_honest_readme_names_scripts_that_are_there() -> None:
    scripts = set(re.findall(r"python (\S+\.py)", HONEST["README.md"]))
    assert scripts == {"init_db.py", "populate_db.py", "test_load.py"}
    assert "load-test" not in "".join(HONEST.values())


def test_the_honest_requirements_are_all_that_is_imported() -> None:
    named = set(re.findall(r"^\w+", HONEST["requirements.txt"], re.MULTILINE))
    imported = {
        module
        for path, text in HONEST.items()
        if path.endswith(".py")
        for module in re.findall(r"^(?:import|from) (\w+)", text, re.MULTILINE)
    }
    come_along = {"starlette"}  # with fastapi
    assert imported - set(sys.stdlib_module_names) - {"app"} <= named | come_along
    assert named == {"fastapi", "uvicorn", "sqlalchemy", "pydantic", "httpx"}


def test_the_honest_readme_says_which_packages_the_service_has() -> None:
    """It may not call them those of requirements.txt, where there is one more."""
    end = " ".join(HONEST["README.md"].split()).partition("Where the service runs, ")[2]
    assert end == "there are only fastapi, uvicorn, sqlalchemy and pydantic; `httpx` is for the load test."
    assert "four" not in HONEST["README.md"]


def test_the_honest_readme_keeps_its_length_and_every_other_line() -> None:
    lines = [files["README.md"].splitlines() for files in (BROKEN, HONEST)]
    assert len(lines[0]) == len(lines[1]) <= 40
    assert sum(old != new for old, new in zip(*lines, strict=True)) == 3
    assert max(map(len, lines[1])) <= max(map(len, lines[0]))


def test_blind_replaces_the_names_of_the_cases_by_their_routes() -> None:
    assert changed(BLIND) == {"test_load.py"}
    old, new = (re.findall(r'Case\("\w+", "(.+?)"', files["test_load.py"]) for files in (BROKEN, BLIND))
    assert len(new) == 3
    assert [title.partition(": ")[2] for title in old] == new


def test_blind_files_name_no_bug() -> None:
    hints = r"\bbugs?\b|\bfix(ed|es)?\b|broken|N\+1|unstable|zero.pool|missing.model|n-plus"
    for path, text in BLIND.items():
        assert not re.search(hints, text, re.IGNORECASE), path
    assert re.search(hints, BROKEN["test_load.py"], re.IGNORECASE)


def test_the_script_writes_presented_variants(tmp_path: Path) -> None:
    command = [sys.executable, str(TREE / "scripts" / "variant"), str(tmp_path), "--honest", "zero-pool"]
    subprocess.run([*command, "--blind"], check=True)
    for path, text in variant.files(TREE, ["zero-pool"], PRESENTATIONS).items():
        assert (tmp_path / path).read_text("utf-8") == text
