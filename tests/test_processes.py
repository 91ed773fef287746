"""Whatever ends `kit grade`, nothing of it is left: no process, no folder."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Lay, free_port, listens, until

from graders.model import SLUGS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


def children_of(folder: Path) -> list[int]:
    """Processes of a grade, known by the temporary folder that they run in."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if str(folder) in os.readlink(process / "cwd"):
                found.append(int(process.name))
    return found


@pytest.mark.parametrize(
    ("number", "code"),
    [pytest.param(signal.SIGINT, 130, marks=pytest.mark.slow), (signal.SIGKILL, -signal.SIGKILL)],
)
def test_a_served_workspace_ends_with_its_kit(tmp_path: Path, number: signal.Signals, code: int) -> None:
    port, desk = free_port(), tmp_path / "desk"
    desk.mkdir()
    command = [sys.executable, "-m", "debugkit", "start", "--port", str(port)]
    env = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    kit = subprocess.Popen(command, cwd=desk, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        assert until(lambda: listens(port), 30)
        kit.send_signal(number)
        said, _ = kit.communicate(timeout=20)
    finally:
        kit.kill()
    assert kit.returncode == code
    assert number is signal.SIGKILL or f"serving on http://127.0.0.1:{port}".encode() in said
    assert until(lambda: not children_of(desk), 60)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        pytest.param(signal.SIGINT, 130, marks=pytest.mark.slow),
        (signal.SIGTERM, 128 + signal.SIGTERM),
        pytest.param(signal.SIGHUP, 128 + signal.SIGHUP, marks=pytest.mark.slow),
        (signal.SIGKILL, -signal.SIGKILL),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_nothing_is_left(lay: Lay, tmp_path: Path, number: signal.Signals, code: int) -> None:
    workspace, home = lay(SLUGS), tmp_path / "tmp"
    home.mkdir()
    command = [sys.executable, "-m", "debugkit", "grade", str(workspace)]
    kit = subprocess.Popen(
        command, env={"TMPDIR": str(home), "PATH": "/usr/bin:/bin"}, stderr=subprocess.PIPE
    )
    try:
        # Two clerks and two services: the grade is under way.
        assert until(lambda: len(children_of(home)) >= 4)
        kit.send_signal(number)
        _, said = kit.communicate(timeout=20)
    finally:
        kit.kill()
    assert kit.returncode == code
    assert b"Traceback" not in said
    assert until(lambda: not children_of(home), 60)
    assert until(lambda: not list(home.iterdir()), 60)
