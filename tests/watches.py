"""A watch of a workspace: saves are told of by hand, and a script stands for the grade."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from conftest import Lay, until
from test_merge import RIGHT, observed, report

from graders import saves, submission, watch
from graders.bugs import BUGS
from graders.events import Event, Graded, Grading
from graders.report.schema import Report

CATALOG, ANALYTICS, REPORTS = "app/catalog.py", "app/analytics.py", "app/reports.py"
READ = submission.read

PRINT = "import sys; print(open(sys.argv[1]).read())"
WAIT = f"import os, sys, time\nwhile not os.path.exists(sys.argv[1] + '.go'): time.sleep(0.01)\n{PRINT}"
HANG = """
import os, signal, sys
def leave(*_):
    open(sys.argv[1] + ".left", "w").close()
    sys.exit(1)
signal.signal(signal.SIGTERM, leave)
print(os.getpid(), file=open(sys.argv[1], "w"), flush=True)
signal.pause()
"""
STUBBORN = HANG.replace(", leave)", ", signal.SIG_IGN)")
FAIL = "import sys; print('a warning\\nkit: Install it.', file=sys.stderr); raise SystemExit(3)"
DIE = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"


class Graders:
    """Stands for `kit grade`: prints reports of a workspace, or does whatever the next script says."""

    def __init__(self, folder: Path, notes: Path) -> None:
        self.folder = folder
        self.notes = notes
        self.scripts: list[str] = []
        self.ordered: list[Sequence[str]] = []
        self.made: Callable[[Sequence[str]], Report] = lambda slugs: report(observed(RIGHT, slugs))
        self.hashes: list[str] = []
        """Of what is read instead of the workspace."""

    def command(self, slugs: Sequence[str]) -> list[str]:
        self.ordered.append(slugs)
        script = self.scripts.pop(0) if self.scripts else PRINT
        if script in (PRINT, WAIT):
            self.notes.write_text(self.report(slugs).as_json())
        return [sys.executable, "-S", "-c", script, str(self.notes)]

    def report(self, slugs: Sequence[str]) -> Report:
        read = self.hashes.pop(0) if self.hashes else submission.read(self.folder, ()).sha256
        made = self.made(slugs)
        return made.model_copy(update={"submission": made.submission.model_copy(update={"sha256": read})})

    def process(self) -> int:
        """The id of a process that hangs, once it does."""
        assert until(lambda: self.notes.exists() and self.notes.read_text().endswith("\n"))
        return int(self.notes.read_text())


class Watched:
    """A watch, with saves told of by hand."""

    def __init__(self, graders: Graders, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = graders.folder
        self.graders = graders
        self.monkeypatch = monkeypatch
        self.events = watch.watch(graders.folder, BUGS, graders.command)
        self.tell: saves.Tell = lambda error: None

    def next(self) -> Event:
        return next(self.events)

    def save(self, path: str, text: str = "\n") -> None:
        self.edit(path, text)
        self.tell(None)

    def edit(self, path: str, text: str = "\n") -> None:
        with (self.folder / path).open("a") as file:
            file.write(text)

    def one_by_one(self, *steps: Callable[[], object]) -> None:
        """Take each step, and tell of it, once the folder was read after the one before."""
        left = iter(steps)

        def read(*arguments: Any) -> submission.Submission:
            try:
                return READ(*arguments)
            finally:
                for step in itertools.islice(left, 1):
                    step()
                    self.tell(None)

        self.monkeypatch.setattr(submission, "read", read)
        self.tell(None)

    def graded(self) -> tuple[str, ...]:
        """The bugs of a grade that begins and ends."""
        begun, ended = self.next(), self.next()
        assert isinstance(begun, Grading)
        assert isinstance(ended, Graded)
        assert tuple(bug.slug for bug in ended.report.bugs) == begun.slugs
        return begun.slugs


def graders(lay: Lay, tmp_path: Path) -> Graders:
    return Graders(lay(), tmp_path / "notes")


def in_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No event is waited for in vain, and nothing for long."""

    def late(number: int, frame: object) -> None:
        raise TimeoutError("no event came")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(30)
    monkeypatch.setattr(submission, "REST_SECONDS", 0)
    monkeypatch.setattr(watch, "GRACE_SECONDS", 0)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def watched(graders: Graders, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    found = Watched(graders, monkeypatch)

    @contextlib.contextmanager
    def telling(folder: Path, tell: saves.Tell) -> Iterator[None]:
        found.tell = tell
        yield

    monkeypatch.setattr(saves, "telling", telling)
    with contextlib.closing(found.events):
        yield found


def runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
