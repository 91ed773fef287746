"""A workspace's own `init_db.py`, run to make its database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from graders import process


class Initialisation:
    """`init_db.py` of a workspace, running while the block lasts."""

    def __init__(self, folder: Path, python: str = sys.executable) -> None:
        self._folder = folder
        self._running = process.spawn(folder, "boot.py", "init", str(os.getpid()), python=python)
        assert self._running.stdout
        self._log = process.Log(self._running.stdout)

    def __enter__(self) -> Initialisation:
        return self

    def __exit__(self, *exc: object) -> None:
        process.end(self._running)

    def trouble(self, seconds: float) -> str:
        """Wait for its end: empty where it went well, else why not."""
        try:
            code = self._running.wait(seconds)
        except subprocess.TimeoutExpired:
            return f"init_db.py did not end within {seconds:.0f} s"
        return (
            ""
            if code == 0
            else f"init_db.py failed: {process.last_words(self._log.whole(), self._folder) or code}"
        )
