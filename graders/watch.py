"""A workspace graded again on every save, and of every save only what it can have changed."""

from __future__ import annotations

import contextlib
import queue
import sys
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path

from graders import process, saves, submission
from graders.checks import Probe
from graders.child import Child
from graders.errors import KitError, NotAWorkspace
from graders.events import Event, Graded, Grading, Superseded, Trouble
from graders.model import Verdict
from graders.report.clean import clean
from graders.report.schema import Report
from graders.submission import Submission
from graders.touched import changes, touched

Command = Callable[[Sequence[str]], Sequence[str]]
"""By the slugs to grade, the command that prints a report of them as JSON; see Child for what it must do."""

GRACE_SECONDS = 2.0
"""How long a workspace may be gone while another one takes its place."""
RETRY_SECONDS = 0.05


def grade_command(folder: Path, seed: int, packages: Sequence[str] = ()) -> Command:
    """`kit grade` as a part of this kit: it ends when this process does."""
    # A script, not -m, which would import from the current directory, and that may be the submission's.
    kit = [sys.executable, "-P", str(process.INSIDE / "tied.py")]
    kit += ["grade", "--json", "--no-github", f"--seed={seed}"]
    kit += [f"--with={package}" for package in packages]
    return lambda slugs: [*kit, f"--only={','.join(slugs)}", "--", str(folder)]


def watch(folder: Path, probes: Sequence[Probe], command: Command) -> Generator[Event, None, None]:
    """What happens, without end: a grade of all bugs, then one after each save that can have changed any.

    Nothing is left running once it is closed, or left by an exception such as a signal handler raises.
    Raises NotAWorkspace where the folder is none, or is gone, another KitError where it cannot be watched.
    """
    inbox: queue.SimpleQueue[Child | KitError | None] = queue.SimpleQueue()
    desk = _Desk(folder, probes, command, inbox.put)
    with contextlib.closing(desk), saves.telling(folder, inbox.put):
        yield from desk.begin()
        while True:
            match inbox.get():
                case Child() as child:
                    yield from desk.ended(child)
                case KitError() as error:
                    raise error
                case None:
                    yield from desk.saved()


class _Desk:
    """What was read last, and what is graded now."""

    def __init__(
        self, folder: Path, probes: Sequence[Probe], command: Command, tell: Callable[[Child], None]
    ) -> None:
        self._folder = folder
        self._probes = probes
        self._command = command
        self._tell = tell
        self._all = tuple(probe.bug.slug for probe in probes)
        self._read: Submission | None = None
        self._again: set[str] = set()
        """Bugs that the next save touches, whatever it is."""
        self._child: Child | None = None
        self._grading = Grading((), ())
        self._hashes: set[str] = set()
        """Of all states of the workspace that the running grade is right for."""
        self._repeated = False

    def close(self) -> None:
        """End the running grade."""
        if self._child:
            self._child.end()
            self._child = None

    def begin(self) -> Iterator[Event]:
        """The first grade."""
        self._read = submission.read(self._folder, ())
        yield from self._grade(set(self._all), ())

    def saved(self) -> Iterator[Event]:
        """Something may have changed."""
        before = self._read
        try:
            now = self._read = self._look()
        except (KitError, OSError) as error:
            if not self._folder.is_dir():
                raise NotAWorkspace(f"{self._folder} is gone: kit start makes a new workspace.") from error
            self._read = None
            if before:
                why = f"{error.strerror}: {error.filename}" if isinstance(error, OSError) else str(error)
                yield Trouble(clean(why))
            return
        changed = changes(before.files if before else {}, now.files)
        if not changed:
            return
        slugs = self._again.union(touched(before.files, now.files, self._probes) if before else self._all)
        if slugs:
            yield from self._grade(slugs, changed)
        self._hashes.add(now.sha256)

    def _look(self) -> Submission:
        """Read the workspace, also where another one is just taking its place."""
        end = time.monotonic() + GRACE_SECONDS
        while True:
            try:
                return submission.read(self._folder, ())
            except (NotAWorkspace, OSError):
                if time.monotonic() > end:
                    raise
                time.sleep(RETRY_SECONDS)

    def _grade(self, slugs: set[str], changed: Sequence[str]) -> Iterator[Event]:
        """Start a grade of these bugs, and of those whose grade it supersedes."""
        if self._child:
            self.close()
            old = self._grading
            slugs, changed = slugs.union(old.slugs), sorted({*old.changed, *changed})
            yield Superseded(old.slugs)
        self._start(Grading(tuple(slug for slug in self._all if slug in slugs), tuple(changed)))
        yield self._grading

    def _start(self, grading: Grading) -> None:
        self._grading, self._again, self._repeated = grading, set(), False
        self._hashes = {self._read.sha256} if self._read else set()
        self._child = Child(self._command(grading.slugs), self._tell)

    def ended(self, child: Child) -> Iterator[Event]:
        """A grade is over; one that was superseded is nobody's any more."""
        if child is not self._child:
            return
        outcome = child.outcome()
        self.close()
        if isinstance(outcome, str):
            self._again = set(self._all)
            yield Trouble(outcome)
        elif outcome.submission.sha256 in self._hashes or self._repeated:
            self._again = self._unsettled(outcome)
            yield Graded(outcome)
        else:  # it has read what was there for a moment only
            self._start(self._grading)
            self._repeated = True

    def _unsettled(self, report: Report) -> set[str]:
        if not report.submission.boots:
            return set(self._all)
        return {bug.slug for bug in report.bugs if bug.verdict is Verdict.INCONCLUSIVE}
