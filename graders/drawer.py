"""The grader's drawer of generated requests: a process that hypothesis has to itself."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graders import process
from graders.errors import KitError
from graders.grammar import Grammar


class Drawer:
    """Draws values, one grammar at a time, with a folder below `beside` to itself; starts when it is made."""

    def __init__(self, beside: Path) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="draw-", dir=beside))
        self._process = process.spawn(self._folder, "draw.py", talk=True)

    @contextlib.contextmanager
    def draw(self, grammar: Grammar, seed: str, examples: int) -> Iterator[Drawing]:
        """Up to so many values, the same ones for the same seed. Raises KitError where nothing is drawn."""
        self.say({"grammar": grammar, "seed": seed, "examples": examples})
        drawing = Drawing(self)
        try:
            yield drawing
        except Exception:
            drawing.stop()
            raise
        drawing.stop()  # not after a signal, which may have come between a line said and one heard

    def say(self, message: Any) -> None:
        """Send one line."""
        assert self._process.stdin
        with contextlib.suppress(OSError):  # what is not there any more does not answer either
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        """Read one line."""
        assert self._process.stdout
        if not (line := self._process.stdout.readline()):
            raise KitError(
                "Requests cannot be generated: look whether `python -c 'import hypothesis'` works "
                "with the Python that runs kit, and install hypothesis beside it where not."
            )
        heard: dict[str, Any] = json.loads(line)
        return heard

    def close(self) -> None:
        """End it."""
        process.end(self._process)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        shutil.rmtree(self._folder, ignore_errors=True)


class Drawing:
    """Values as they are drawn; set `differs` before the next one to have that value made smaller."""

    def __init__(self, drawer: Drawer) -> None:
        self.differs = False
        self._drawer = drawer
        self._asked = False  # whether the last value awaits its answer
        self._done = False

    def __iter__(self) -> Iterator[Any]:
        while not self._done:
            if self._asked:
                self._drawer.say(self.differs)
            self.differs = False
            heard = self._drawer.hear()
            self._done = "done" in heard
            self._asked = not self._done
            if self._asked:
                yield heard["value"]

    def stop(self) -> None:
        """Draw no more."""
        while not self._done:
            if self._asked:
                self._drawer.say(None)
            heard = self._drawer.hear()
            self._done, self._asked = "done" in heard, "value" in heard
