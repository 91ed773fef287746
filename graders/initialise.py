"""A workspace's own `init_db.py`, run by the process that will serve the workspace."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import IO

from graders import process


class Initialisation:
    """How it ends, told over a control socket, and what it prints until then."""

    def __init__(self, control: socket.socket, output: IO[bytes]) -> None:
        self.control = control
        self._log = process.Log(output)

    def trouble(self, seconds: float, folder: Path) -> str:
        """Wait for its end: empty where it went well, else why not."""
        self.control.settimeout(seconds)
        try:
            code = self.control.recv(16).decode().strip()
        except TimeoutError:
            return f"init_db.py did not end within {seconds:.0f} s"
        except ConnectionError:
            code = ""
        if code == "0":
            return ""
        return f"init_db.py failed: {process.last_words(self._log.whole(), folder) or code or 'it was ended'}"
