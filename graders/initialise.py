"""A workspace's own `init_db.py`, run by the process that will serve the workspace."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from pathlib import Path
from typing import IO

from graders import process


class Initialisation:
    """How it ends, told over a control socket, and what it prints until then."""

    def __init__(self, control: socket.socket, output: IO[bytes]) -> None:
        self.control = control
        self._told = control.makefile()
        self._group = 0
        self._log = process.Log(output)

    def trouble(self, seconds: float, folder: Path) -> str:
        """Wait for its end: empty where it went well, else why not."""
        try:
            self._hear(seconds)
            code = self._told.readline().strip()
        except TimeoutError:
            return f"init_db.py did not end within {seconds:.0f} s"
        except (ConnectionError, ValueError):
            code = ""
        if code == "0":
            return ""
        return f"init_db.py failed: {process.last_words(self._log.whole(), folder) or code or 'it was ended'}"

    def _hear(self, seconds: float) -> None:
        """Of its process group, which is the first thing told."""
        self.control.settimeout(seconds)
        self._group = self._group or int(self._told.readline() or 0)

    def end(self, session: int) -> None:
        """Kill it with what it started, where it runs yet: only what belongs to the session it must be in."""
        with contextlib.suppress(OSError, ValueError):
            self._hear(0.05)
            if self._group and os.getsid(self._group) == session:
                os.killpg(self._group, signal.SIGKILL)
        self.close()

    def close(self) -> None:
        """Talk no more."""
        self._told.close()
        self.control.close()
