"""Rough hands on disks that cannot be written or are full: one sentence, nothing lost, nothing half made."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import TREE, sentence, snapshot, until
from desks import CHANGES, MAKES, MINE, Desk, together
from disks import MEGABYTE, PAGE, Disk, mounted

from graders import variant
from graders.model import SLUGS

FULL = "No space left on device|disk is full|disk filled up"
LOCKED = "Read-only file system|Permission denied|cannot be written|unable to open"
WRITES = [
    *CHANGES,
    *(pytest.param(words, marks=pytest.mark.slow) if "empty" in words else words for words in MAKES),
    "start --no-serve --seed 1 ada",
]


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = tmp_path_factory.mktemp("locked")
    with mounted(home / "disk") as disk:
        desk = Desk(home, disk)
        disk.lock()
        yield desk


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = tmp_path_factory.mktemp("full")
    with mounted(home / "disk") as disk:
        desk = Desk(home, disk)
        disk.fill()
        yield desk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with mounted(tmp_path / "disk") as one:
        yield one


@pytest.fixture
def desk(tmp_path: Path, disk: Disk) -> Desk:
    return Desk(tmp_path, disk)


def unable(desk: Desk, words: str, reason: str) -> None:
    """It says why, and nothing on the disk has changed."""
    before = desk.seen()
    assert re.search(reason, sentence(desk(words)))
    assert desk.seen() == before
    assert not desk.left()


@pytest.mark.parametrize("words", WRITES)
def test_a_disk_that_cannot_be_written(locked: Desk, words: str) -> None:
    unable(locked, words, LOCKED)


@pytest.mark.parametrize("words", WRITES)
def test_a_full_disk(full: Desk, words: str) -> None:
    unable(full, words, FULL)


def test_a_workspace_that_cannot_be_written_is_looked_at(locked: Desk) -> None:
    assert "1 file edited" in locked("status ada").stdout


@pytest.mark.slow
def test_a_workspace_that_cannot_be_written_is_graded(locked: Desk) -> None:
    assert locked("grade ada --only missing-model").returncode == 1


def test_a_report_that_cannot_be_written_is_said_before_the_grade(locked: Desk) -> None:
    done = locked("grade ada --export-json", locked.folder / "ada.json")
    assert "cannot be written" in sentence(done)
    assert not done.stdout


@pytest.mark.slow
def test_a_report_that_finds_no_room_is_printed_all_the_same(full: Desk) -> None:
    done = full("grade ada --only missing-model --export-json", full.folder / "ada.json")
    assert "No space left" in sentence(done)
    assert "0 of 15" in done.stdout
    assert not full.left()


@pytest.mark.slow
@pytest.mark.parametrize("words", CHANGES)
def test_a_disk_that_fills_up_on_the_way(tmp_path: Path, words: str) -> None:
    def at(home: Path, pages: int) -> None:
        with mounted(home / "disk") as disk:
            desk = Desk(home, disk)
            disk.fill(pages * PAGE)
            before = desk.seen()
            done = desk(words)
            if done.returncode:
                assert re.search(FULL, sentence(done))
                assert desk.seen() == before
            else:
                assert desk.files() == CHANGES[words]
                assert desk.keeps(MINE)
            assert not desk.left()

    together(at, tmp_path, (1, 2, 4, 8, 12, 16, 24))


@pytest.mark.parametrize("pages", [0, 3])
def test_where_edits_cannot_be_saved_nothing_is_overwritten(
    desk: Desk, disk: Disk, tmp_path: Path, pages: int
) -> None:
    copy = shutil.copytree(desk.here / "ada", tmp_path / "copy")
    disk.fill(pages * PAGE)
    before = snapshot(copy)
    for words in ("start --no-serve --fixed", "reset", "reveal zero-pool --apply"):
        done = desk(words, copy, XDG_STATE_HOME=str(disk.folder / "state"))
        assert "cannot be saved" in sentence(done)
        assert snapshot(copy) == before
    assert not desk.left()


@pytest.mark.parametrize(
    "pages", [2, *(pytest.param(nth, marks=pytest.mark.slow) for nth in (0, 16, 32, 64, 192))]
)
def test_a_grade_without_room_for_its_data(desk: Desk, disk: Disk, pages: int) -> None:
    disk.fill(pages * PAGE)
    before = desk.seen()
    done = desk("grade ada --only missing-model", TMPDIR=str(disk.folder))
    if pages:  # with nothing free at all Python takes another temporary folder
        assert done.returncode in (2, 3)
        assert re.search(FULL, sentence(done, done.returncode))
    assert desk.seen() == before
    assert not desk.left()


@pytest.mark.slow
@pytest.mark.parametrize("writes", [0, 8])
def test_a_disk_that_fills_up_during_a_grade_is_not_the_candidates_fault(tmp_path: Path, writes: int) -> None:
    with mounted(tmp_path / "disk", 16 * MEGABYTE) as disk:
        desk = Desk(tmp_path, disk)
        variant.write(variant.files(TREE, SLUGS), desk.here / "ada")
        with desk.started("grade ada", TMPDIR=str(disk.folder)) as grade:
            stamps: set[int] = set()
            assert until(lambda: two_services(disk.here, stamps) and len(stamps) > writes)
            disk.fill()
            grade.communicate()
        assert grade.returncode in (2, 3)


def two_services(folder: Path, stamps: set[int]) -> bool:
    """Whether both have been started; if so, notes when their databases were last written."""
    booted = len(list(folder.rglob("s0"))) == 2
    stamps.update(path.stat().st_mtime_ns for path in folder.rglob("submission/shop.db") if booted)
    return booted
