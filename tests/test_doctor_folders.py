"""doctor/folders.py: where a workspace, temporary files and saved edits can be written."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import machines
import pytest

from doctor import folders
from doctor.finding import Finding, Level
from doctor.interview import Interview, Means

here = pytest.fixture(machines.here)


def written(here: Interview, room: Callable[[Path], int] = lambda path: 10**11) -> dict[str, Finding]:
    return {finding.name: finding for finding in folders.folders(here, Means(room=room))}


def test_folders_that_can_be_written(here: Interview, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    found = written(here)
    assert [finding.level for finding in found.values()] == [Level.OK] * 3
    assert found["workspace"].sentence == f"{here.folder}, 100 GB free"
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("free", [250 * 10**6, 249 * 10**6])
def test_the_room_for_a_workspace(here: Interview, tmp_path: Path, free: int) -> None:
    elsewhere = Path("/var/tmp")
    found = written(here, lambda path: 10**11 if path == elsewhere else free)["workspace"]
    assert (found.level is Level.OK) == (free == 250 * 10**6)
    if found.level is not Level.OK:
        assert found.sentence == f"{here.folder} has 249 MB free, and 250 MB are needed."
        assert found.mends == ("kit start --no-serve /var/tmp/interview",)


def test_no_room_anywhere(here: Interview) -> None:
    found = written(here, lambda path: 0)
    levels = {"workspace": Level.FAILURE, "temporary": Level.FAILURE, "saved edits": Level.WARNING}
    assert {name: finding.level for name, finding in found.items()} == levels
    assert {finding.mends for finding in found.values()} == {("df -h",)}


def test_what_cannot_be_written(here: Interview, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    below = tmp_path / "file" / "below"
    home = tmp_path / "my home"
    home.mkdir()
    there = replace(here, folder=below, temporary=below, state=below, environment={"HOME": str(home)})
    found = written(there)
    levels = {"workspace": Level.FAILURE, "temporary": Level.FAILURE, "saved edits": Level.WARNING}
    assert {name: finding.level for name, finding in found.items()} == levels
    assert {finding.sentence for finding in found.values()} == {f"{below} cannot be used: Not a directory."}
    quoted = shlex.quote(str(home))
    assert found["workspace"].mends == (f"kit start --no-serve {quoted}/interview",)
    assert found["temporary"].mends == (f"export TMPDIR={quoted}",)
    assert found["saved edits"].mends == (f"export XDG_STATE_HOME={quoted}",)


def test_a_folder_that_is_no_place_for_a_workspace(here: Interview, tmp_path: Path) -> None:
    here.folder.mkdir()
    assert written(here)["workspace"].level is Level.OK
    (here.folder / "notes.txt").touch()
    assert "is not empty and holds no exercise" in written(here)["workspace"].sentence
    (here.folder / "app").mkdir()
    (here.folder / "app" / "main.py").touch()
    assert written(here)["workspace"].level is Level.OK
    assert (
        "inside the workspace" in written(replace(here, folder=here.folder / "inner"))["workspace"].sentence
    )


def test_a_temporary_folder_too_deep_for_a_socket(here: Interview, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = here.temporary / ("x" * 100)
    deep.mkdir()
    if sys.platform == "linux":
        assert written(replace(here, temporary=deep))["temporary"].level is Level.OK
    monkeypatch.setattr("graders.sockets.near", nullcontext)  # as where a folder has no short name
    found = written(replace(here, temporary=deep))["temporary"]
    assert (found.level, "too long" in found.sentence) == (Level.FAILURE, True)
    assert not list(deep.iterdir())
