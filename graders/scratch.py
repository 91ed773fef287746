"""A folder for a while: gone when its block is left, however it is left."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from graders.process import INSIDE, signals_held


@contextlib.contextmanager
def scratch(beside: Path | None = None, prefix: str = "kit-") -> Iterator[Path]:
    """A new and empty folder, in another one if that is given; it may be renamed away.

    A signal that comes while it is made or removed waits until that is done. Raises OSError.
    """
    made: Path | None = None
    try:
        with signals_held():
            made = Path(tempfile.mkdtemp(prefix=prefix, dir=beside))
        yield made
    finally:
        with signals_held():
            if made:
                shutil.rmtree(made, ignore_errors=True)


@contextlib.contextmanager
def swept() -> Iterator[Path]:
    """A new and empty folder that is gone soon also where this process is killed outright. Raises OSError."""
    folder = Path(tempfile.gettempdir()) / f"kit-{secrets.token_hex(8)}"
    with signals_held():
        sweeper = _sweeper(folder)  # first, so that nothing is ever there that nobody would remove
    try:
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        with signals_held(), sweeper:
            shutil.rmtree(folder, ignore_errors=True)


def _sweeper(folder: Path) -> subprocess.Popen[bytes]:
    """Removes a folder once its standard input is closed, which the end of this process does too."""
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(INSIDE / "sweep.py"), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # what kills the grader's group leaves it
    )
