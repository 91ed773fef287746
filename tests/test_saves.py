"""graders/saves.py: the system tells of saves, also in a folder that was away, and of nothing else."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
import watches
from conftest import Lay, until
from watches import REPORTS, Graders

from graders import saves, watch
from graders.bugs import BUGS
from graders.errors import KitError
from graders.events import Event, Graded, Grading
from graders.model import SLUGS

_in_time = pytest.fixture(autouse=True)(watches.in_time)
graders = pytest.fixture(watches.graders)


def told_of(graders: Graders) -> Generator[Event, None, None]:
    """A watch that the system tells of saves; its first grade is over."""
    events = watch.watch(graders.folder, BUGS, graders.command)
    assert isinstance(next(events), Grading)
    assert isinstance(next(events), Graded)
    return events


def test_the_system_tells_of_a_save(graders: Graders) -> None:
    with contextlib.closing(told_of(graders)) as events:
        (graders.folder / REPORTS).write_text("x = 1\n")
        assert next(events) == Grading(("zero-pool",), (REPORTS,))


def test_a_workspace_that_another_one_takes_the_place_of_is_followed(
    graders: Graders, lay: Lay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "GRACE_SECONDS", 20)
    with contextlib.closing(told_of(graders)) as events:
        other = lay(["zero-pool"], name="other")
        graders.folder.rename(tmp_path / "old")
        other.rename(graders.folder)
        assert next(events) == Grading(SLUGS, ("app/database.py",))
        assert isinstance(next(events), Graded)
        (graders.folder / REPORTS).write_text("x = 2\n")
        assert next(events) == Grading(("zero-pool",), (REPORTS,))


def test_a_folder_that_is_gone_for_a_while_is_told_of_when_it_is_back(tmp_path: Path) -> None:
    folder, told = tmp_path / "shop", list[KitError | None]()
    folder.mkdir()

    def told_of(change: Callable[[], object]) -> bool:
        count = len(told)
        change()
        return until(lambda: len(told) > count)

    with saves.telling(folder, told.append):
        assert told_of(lambda: None)
        assert told_of(folder.rmdir)
        assert told_of(folder.mkdir)
        assert told_of((folder / "file").touch)
    assert set(told) == {None}


@pytest.mark.parametrize(
    ("path", "noise"),
    [
        ("w/shop.db", True),
        ("w/shop.db-journal", True),
        ("w/x.sqlite3", True),
        ("w/server.log", True),
        ("w/app/__pycache__/main.cpython-311.pyc", True),
        ("w/app/__pycache__/main.cpython-311.pyc.140234", True),
        ("w.db/app/main.py", False),
        ("w/app/database.py", False),
        ("w/init_db.py", False),
    ],
)
def test_what_a_running_service_writes_wakes_nobody(path: str, noise: bool) -> None:
    assert bool(saves.NOISE.search(path)) == noise


def test_a_system_that_cannot_watch_is_said_in_one_sentence(
    graders: Graders, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*paths: Any, **options: Any) -> None:
        raise OSError("OS file watch limit reached")

    monkeypatch.setattr("watchfiles.watch", refuse)
    events = watch.watch(graders.folder, BUGS, graders.command)
    with pytest.raises(KitError, match="cannot be watched: OS file watch limit reached. Grade"):
        list(events)
