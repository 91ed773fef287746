"""What the tests share: the kit's tree, workspaces laid out of it, and a grade with short patience."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from graders import grading, variant
from graders.model import SLUGS, Limits
from graders.report.schema import Report

TREE = Path(__file__).resolve().parent.parent
SUBMISSIONS = TREE / "tests" / "submissions"

Lay = Callable[..., Path]
Kit = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def lay(tmp_path: Path) -> Lay:
    """Lays a variant out, by the slugs that are fixed, with a tiny submission over it if one is named."""

    def _lay(fixes: Collection[str] = (), over: str = "", name: str = "shop") -> Path:
        folder = tmp_path / name
        variant.write(variant.files(TREE, fixes), folder)
        for path in (SUBMISSIONS / over).rglob("*.py") if over else ():
            (folder / path.relative_to(SUBMISSIONS / over)).write_text(path.read_text())
        return folder

    return _lay


def grade(
    folder: Path, slugs: Collection[str] = SLUGS, limits: Limits | None = None, seed: int = 7
) -> Report:
    """Grade a folder, in this process."""
    order = grading.Order(TREE, "test", tuple(slugs), seed, limits or Limits())
    return grading.grade(folder, order, lambda doing: None)


def verdicts(report: Report) -> dict[str, str]:
    """The verdict of each bug."""
    return {bug.slug: bug.verdict.value for bug in report.bugs}


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    """Runs the command line in a process of its own, in an empty folder with a state folder of its own."""

    def _kit(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        env = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(tmp_path),
            "XDG_STATE_HOME": str(tmp_path / "state"),
            "COLUMNS": "80",
            "NO_COLOR": "1",
        }
        command = [sys.executable, "-m", "debugkit", *arguments]
        return subprocess.run(
            command, cwd=cwd or tmp_path, env=env, capture_output=True, text=True, timeout=120, check=False
        )

    return _kit


def until(condition: Callable[[], bool], seconds: float = 20) -> bool:
    """Wait for a condition; whether it came true."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Whether something listens on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
