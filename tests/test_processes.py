"""Whatever ends `kit grade`, nothing of it is left: no process, no folder."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import TREE, Lay, free_port, listens, until
from junitparser import JUnitXml

from graders import process
from graders.model import SLUGS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


def children_of(folder: Path) -> list[int]:
    """Processes of a grade, known by the temporary folder that they run in."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if str(folder) in os.readlink(entry / "cwd"):
                found.append(int(entry.name))
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


SWEPT = """
import subprocess, sys
from graders.scratch import swept

with swept() as folder:
    (folder / "app").mkdir()
    # Of a session of its own and not leashed: what a submission forks.
    subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)"], cwd=folder / "app", start_new_session=True
    )
    sys.stdin.read()
"""


def end(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_what_is_halted_goes_on_afterwards() -> None:
    sleeping = subprocess.Popen(["sleep", "60"], start_new_session=True)
    try:
        with process.halted(sleeping):
            assert until(lambda: state_of(sleeping.pid) == "T")
        assert until(lambda: state_of(sleeping.pid) == "S")
    finally:
        process.end(sleeping)
    with process.halted(sleeping):  # it is gone, which is found out elsewhere
        pass


def state_of(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


@pytest.mark.parametrize("killed", [True, False])
def test_what_a_submission_forked_ends_with_its_folder(tmp_path: Path, killed: bool) -> None:
    grader = subprocess.Popen(
        [sys.executable, "-c", SWEPT],
        cwd=TREE,
        env={"TMPDIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    try:
        assert until(lambda: len(children_of(tmp_path)) == 1)
        if killed:
            grader.kill()
        grader.communicate(timeout=20)
        assert until(lambda: not children_of(tmp_path))
        assert until(lambda: not list(tmp_path.iterdir()))
    finally:
        grader.kill()
        grader.wait()
        end(children_of(tmp_path))


WHOLE: dict[str, Callable[[str], object]] = {
    "ada.json": json.loads,
    "ada.gradescope": json.loads,
    "ada.xml": JUnitXml.fromstring,
    "ada.html": lambda text: text.rindex("</html>"),
    "ada.md": lambda text: text.rindex("sha256"),
}
"""What fails on half of an export, by its name."""
MOMENTS: dict[str, Callable[[Path, Path], bool]] = {
    "a folder": lambda home, desk: any(home.iterdir()),
    "one process": lambda home, desk: len(children_of(home)) >= 1,
    "both services": lambda home, desk: len(children_of(home)) >= 4,
    "exports begun": lambda home, desk: len(list(desk.iterdir())) >= 1,
    "the second one": lambda home, desk: len([path for path in desk.iterdir() if path.name in WHOLE]) >= 1,
    "the fourth one": lambda home, desk: len([path for path in desk.iterdir() if path.name in WHOLE]) >= 3,
}
"""When a grade is killed: once it has made this."""


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_outright_it_leaves_no_half_export(lay: Lay, tmp_path: Path, moment: str) -> None:
    workspace, home, desk = lay(SLUGS), tmp_path / "tmp", tmp_path / "desk"
    home.mkdir()
    desk.mkdir()
    kinds = ("json", "gradescope", "junit", "html", "markdown")
    exports = [f"--export-{kind}={desk / name}" for kind, name in zip(kinds, WHOLE, strict=True)]
    command = [sys.executable, "-m", "debugkit", "grade", str(workspace), "--only=missing-model", *exports]
    kit = subprocess.Popen(
        command, env={"TMPDIR": str(home), "PATH": "/usr/bin:/bin"}, stdout=subprocess.DEVNULL
    )
    try:
        while kit.poll() is None and not MOMENTS[moment](home, desk):
            pass  # as soon as can be
    finally:
        kit.kill()
        kit.wait()
    for path in desk.iterdir():
        assert path.name.startswith(".kit-") or WHOLE[path.name](path.read_text()) is not None
    assert until(lambda: not children_of(home), 60)
    assert until(lambda: not list(home.iterdir()), 60)
