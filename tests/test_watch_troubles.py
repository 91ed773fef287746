"""graders/watch.py: what cannot be graded or read is told, and what cannot go on ends the watch."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import watches
from watches import DIE, FAIL, HANG, REPORTS, Graders, Watched, runs

from graders import submission, watch
from graders.bugs import BUGS
from graders.errors import KitError, NotAWorkspace
from graders.events import Graded, Grading, Trouble
from graders.model import SLUGS

_in_time = pytest.fixture(autouse=True)(watches.in_time)
graders = pytest.fixture(watches.graders)
watched = pytest.fixture(watches.watched)


@pytest.mark.parametrize(
    ("script", "sentence"), [(FAIL, "Install it."), (DIE, "the grade ended with exit code -9")]
)
def test_a_grade_without_a_report_is_trouble_and_the_next_is_of_all(
    watched: Watched, script: str, sentence: str
) -> None:
    watched.graded()
    watched.graders.scripts = [script]
    watched.save(REPORTS)
    assert isinstance(watched.next(), Grading)
    assert watched.next() == Trouble(sentence)
    watched.one_by_one(lambda: watched.edit("README.md"))
    assert watched.next() == Grading(SLUGS, ("README.md",))
    assert isinstance(watched.next(), Graded)
    watched.save(REPORTS)
    assert watched.graded() == ("zero-pool",)


def test_a_workspace_that_is_gone_ends_the_watch(watched: Watched) -> None:
    watched.graders.scripts = [HANG]
    watched.next()
    running = watched.graders.process()
    shutil.rmtree(watched.folder)
    watched.tell(None)
    with pytest.raises(NotAWorkspace, match="is gone"):
        watched.next()
    assert not runs(running)


def test_a_folder_that_is_no_workspace_is_not_watched(tmp_path: Path, graders: Graders) -> None:
    with pytest.raises(NotAWorkspace):
        next(watch.watch(tmp_path / "nowhere", BUGS, graders.command))
    assert graders.ordered == []


def test_a_workspace_without_its_main_file_is_trouble_until_it_is_back(watched: Watched) -> None:
    watched.graded()
    main = watched.folder / "app/main.py"
    content = main.read_bytes()
    main.unlink()
    watched.one_by_one(lambda: watched.edit("README.md"), lambda: main.write_bytes(content))
    assert watched.next() == Trouble(
        f"There is no app/main.py in {watched.folder}, as a file of its own: name the exercise's folder."
    )
    assert watched.graded() == SLUGS


def test_a_file_that_cannot_be_read_is_trouble(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: Any) -> None:
        raise PermissionError(13, "Permission denied", "app/\x1bmain.py")

    watched.graded()
    monkeypatch.setattr(submission, "read", refuse)
    watched.tell(None)
    assert watched.next() == Trouble("Permission denied: app/\\x1bmain.py")


def test_what_keeps_the_system_from_telling_ends_the_watch(watched: Watched) -> None:
    watched.next()
    watched.tell(KitError("It cannot be watched."))
    with pytest.raises(KitError, match="It cannot be watched."):
        watched.next()
