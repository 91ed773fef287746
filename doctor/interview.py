"""What is to be examined, and the means to do it; tests bring their own."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from platform import python_version
from typing import TYPE_CHECKING

from doctor import command

if TYPE_CHECKING:
    from graders.report.schema import Report

Progress = Callable[[str], None]
Run = Callable[[Sequence[str], Mapping[str, str], Path, float], command.Outcome]


@dataclass(frozen=True)
class Interview:
    """The interview as it would be held here.

    `folder` is the workspace, which need not be there yet. `python` is the interpreter that the kit runs on,
    `runs_on` its version; `platform` is sys.platform; `root` is whether the user is.
    """

    tree: Path
    version: str
    folder: Path
    state: Path
    port: int
    environment: Mapping[str, str]
    seed: int
    temporary: Path
    python: Path = Path(sys.executable)
    platform: str = sys.platform
    runs_on: str = field(default_factory=python_version)
    root: bool = field(default_factory=lambda: os.geteuid() == 0)

    def which(self, program: str) -> str:
        """Where a program lies on the path, else nothing."""
        return shutil.which(program, path=self.environment.get("PATH", os.defpath)) or ""

    def as_root(self, command: str) -> str:
        """A command that needs more than a user's rights, as this user types it."""
        return command if self.root else f"sudo {command}"


def temporary() -> Path:
    """The folder for temporary files; where none can be used, the one that should be there."""
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError:
        return Path("/tmp")


def room(path: Path) -> int:
    """The bytes that this user can still write below a folder that is there."""
    return shutil.disk_usage(path).free


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def grade(folder: Path, interview: Interview, progress: Progress) -> Report:
    """Grade a folder in full. Raises KitError, and ImportError where a package is missing here."""
    from graders import grading
    from graders.model import SLUGS

    return grading.grade(
        folder, grading.Order(interview.tree, interview.version, SLUGS, interview.seed), progress
    )


@dataclass(frozen=True)
class Means:
    """How the machine is looked at."""

    run: Run = command.run
    room: Callable[[Path], int] = room
    cores: Callable[[], int] = cores
    grade: Callable[[Path, Interview, Progress], Report] = grade
    now: Callable[[], datetime] = lambda: datetime.now(timezone.utc)
    monotonic: Callable[[], float] = time.monotonic
