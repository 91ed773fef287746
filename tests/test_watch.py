"""graders/watch.py, child.py and saves.py: every save graded, and only what it can have changed."""

from __future__ import annotations

import contextlib
import itertools
import os
import queue
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import Lay, until
from test_merge import RIGHT, observed, report
from test_processes import children_of

from graders import child, engine, saves, submission, watch
from graders.bugs import BUGS
from graders.child import Child
from graders.digest import digest
from graders.errors import KitError, NotAWorkspace
from graders.events import Event, Graded, Grading, Superseded, Trouble
from graders.model import SLUGS
from graders.report.schema import Report

CATALOG, ANALYTICS, REPORTS = "app/catalog.py", "app/analytics.py", "app/reports.py"
READ = submission.read
LIST = ("n-plus-one", "zero-pool", "missing-model")

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


@pytest.fixture
def graders(lay: Lay, tmp_path: Path) -> Graders:
    return Graders(lay(), tmp_path / "notes")


@pytest.fixture(autouse=True)
def _in_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
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


@pytest.fixture
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


def test_the_first_grade_is_of_all_bugs(watched: Watched) -> None:
    assert watched.next() == Grading(SLUGS, ())
    ended = watched.next()
    assert isinstance(ended, Graded)
    assert ended.report == watched.graders.report(SLUGS)


def test_a_save_grades_what_it_touches(watched: Watched) -> None:
    watched.graded()
    watched.save(CATALOG)
    assert watched.next() == Grading(LIST, (CATALOG,))
    assert isinstance(watched.next(), Graded)
    watched.save(ANALYTICS)
    assert watched.graded() == ("unstable-cache",)
    assert watched.graders.ordered == [SLUGS, LIST, ("unstable-cache",)]


def test_saves_that_change_nothing_or_touch_nothing_grade_nothing(watched: Watched) -> None:
    watched.graded()
    watched.one_by_one(
        lambda: watched.edit(CATALOG, ""),
        lambda: watched.edit("README.md"),
        lambda: watched.edit("shop.db"),
        lambda: watched.edit(REPORTS),
    )
    assert watched.next() == Grading(("zero-pool",), (REPORTS,))


def test_a_newer_save_supersedes_the_running_grade(watched: Watched) -> None:
    watched.graders.scripts = [HANG]
    assert watched.next() == Grading(SLUGS, ())
    old = watched.graders.process()
    watched.save(REPORTS)
    assert watched.next() == Superseded(SLUGS)
    assert not runs(old)
    assert watched.graders.notes.with_suffix(".left").exists()
    assert watched.next() == Grading(SLUGS, (REPORTS,))
    assert isinstance(watched.next(), Graded)


def test_what_was_superseded_is_graded_with_what_superseded_it(watched: Watched) -> None:
    watched.graded()
    watched.graders.scripts = [HANG, HANG]
    watched.save(REPORTS)
    assert watched.next() == Grading(("zero-pool",), (REPORTS,))
    watched.save(ANALYTICS)
    assert watched.next() == Superseded(("zero-pool",))
    assert watched.next() == Grading(("unstable-cache", "zero-pool"), (ANALYTICS, REPORTS))
    watched.save(CATALOG)
    assert watched.next() == Superseded(("unstable-cache", "zero-pool"))
    assert watched.graded() == SLUGS


@pytest.mark.parametrize("late", [False, True])
def test_a_save_that_touches_nothing_supersedes_nothing(watched: Watched, late: bool) -> None:
    """Whether the grade has read the workspace before it or after."""
    watched.graded()
    watched.graders.scripts = [WAIT]
    files = {**READ(watched.folder, ()).files}
    for path in (REPORTS, "README.md")[: 1 + late]:
        files[path] += b"\n"
    watched.graders.hashes = [digest(files)]
    watched.save(REPORTS)
    assert isinstance(watched.next(), Grading)
    watched.one_by_one(lambda: watched.edit("README.md"), watched.graders.notes.with_suffix(".go").touch)
    assert isinstance(watched.next(), Graded)
    assert watched.graders.ordered == [SLUGS, ("zero-pool",)]


def test_a_grade_that_does_not_end_is_killed(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "PATIENCE_SECONDS", 0.05)
    watched.graders.scripts = [STUBBORN]
    watched.next()
    old = watched.graders.process()
    watched.save(REPORTS)
    assert watched.next() == Superseded(SLUGS)
    assert not runs(old)


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


def test_after_a_service_that_did_not_start_all_are_graded(watched: Watched) -> None:
    watched.graded()
    watched.graders.made = lambda slugs: report(engine.unbooted(BUGS[2:3], "SyntaxError"), "SyntaxError")
    watched.save(REPORTS)
    assert watched.graded() == ("zero-pool",)
    watched.graders.made = lambda slugs: report(observed(RIGHT, slugs))
    watched.save(REPORTS)
    assert watched.graded() == SLUGS


def test_an_inconclusive_bug_is_graded_with_the_next_save(watched: Watched) -> None:
    watched.graders.made = lambda slugs: report(
        [replace(one, pairs=one.pairs[: SLUGS.index(one.bug.slug)]) for one in observed(RIGHT, slugs)]
    )
    watched.graded()
    watched.save(REPORTS)
    assert watched.graded() == ("n-plus-one", "zero-pool")


def test_a_report_of_what_was_there_only_for_a_moment_is_not_shown(watched: Watched) -> None:
    watched.graders.hashes = ["another"]
    assert watched.graded() == SLUGS
    assert watched.graders.ordered == [SLUGS, SLUGS]


def test_a_report_is_taken_at_last_where_it_is_always_another(watched: Watched) -> None:
    watched.graders.hashes = ["one", "another"]
    assert watched.graded() == SLUGS
    assert watched.graders.ordered == [SLUGS, SLUGS]


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


def test_an_exception_of_a_signal_handler_ends_the_grade_too(watched: Watched) -> None:
    watched.graders.scripts = [HANG]
    watched.next()
    running = watched.graders.process()

    def ended(number: int, frame: object) -> None:
        raise SystemExit(143)

    signal.signal(signal.SIGALRM, ended)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    with pytest.raises(SystemExit):
        watched.next()
    assert not runs(running)


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


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_a_grade_ends_with_the_kit_that_watches_however_that_ends(lay: Lay, tmp_path: Path) -> None:
    home = tmp_path / "tmp"
    home.mkdir()
    command = watch.grade_command(lay(SLUGS), 7)(SLUGS[:1])
    env = {"TMPDIR": str(home), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    kit = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    try:
        assert until(lambda: len(children_of(home)) >= 4)
        kit.communicate(timeout=20)
    finally:
        kit.kill()
    assert kit.returncode == 128 + signal.SIGTERM
    assert until(lambda: not children_of(home), 10)
    assert not list(home.iterdir())


def test_a_tied_grade_prints_a_report_and_imports_nothing_from_where_it_runs(
    lay: Lay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = lay(SLUGS, name="-näme with spaces").relative_to(tmp_path)
    (tmp_path / "typer.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    ended: queue.SimpleQueue[Child] = queue.SimpleQueue()
    running = Child(watch.grade_command(folder, 7)(SLUGS[3:]), ended.put)
    try:
        outcome = ended.get().outcome()
    finally:
        running.end()
    assert isinstance(outcome, Report), outcome
    assert [(bug.slug, bug.verdict) for bug in outcome.bugs] == [("missing-model", "fixed")]
    assert outcome.seed == 7
