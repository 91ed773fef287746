"""graders/child.py: a grade in a process of its own ends with who waits for it."""

from __future__ import annotations

import queue
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import watches
from conftest import Lay, until
from test_processes import children_of
from watches import HANG, REPORTS, STUBBORN, Watched, runs

from graders import child, watch
from graders.child import Child
from graders.events import Superseded
from graders.model import SLUGS
from graders.report.schema import Report

_in_time = pytest.fixture(autouse=True)(watches.in_time)
graders = pytest.fixture(watches.graders)
watched = pytest.fixture(watches.watched)


def test_a_grade_that_does_not_end_is_killed(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "PATIENCE_SECONDS", 0.05)
    watched.graders.scripts = [STUBBORN]
    watched.next()
    old = watched.graders.process()
    watched.save(REPORTS)
    assert watched.next() == Superseded(SLUGS)
    assert not runs(old)


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
