"""The grader's hand in a workspace's database."""

from __future__ import annotations

import contextlib
import json
import select
import sys
from pathlib import Path
from typing import Any

from graders import process
from graders.client import Unanswered

ANSWER_SECONDS = 12.0


class Clerk:
    """A small process that writes to the workspace's database and reads it, so that the grader need not.

    Every call raises Unanswered where the database is locked for long, or the clerk is gone.
    """

    def __init__(self, folder: Path, python: str = sys.executable) -> None:
        database = str(folder / process.DATABASE)
        self._process = process.spawn(folder, "clerk.py", database, python=python, talk=True)

    def call(self, command: str, *arguments: object) -> Any:
        """Have a command of inside/clerk.py carried out."""
        assert self._process.stdin and self._process.stdout
        try:
            self._process.stdin.write(json.dumps([command, *arguments]).encode() + b"\n")
            self._process.stdin.flush()
            ready, _, _ = select.select([self._process.stdout], [], [], ANSWER_SECONDS)
            line = self._process.stdout.readline() if ready else b""
        except (OSError, ValueError):  # a pipe that is broken, or was closed here
            line = b""
        if not line:
            raise Unanswered("the database could not be reached")
        answer = json.loads(line)
        if "error" in answer:
            raise Unanswered(f"the database refused: {answer['error']}")
        return answer["ok"]

    def close(self) -> None:
        """End it."""
        process.end(self._process)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
