"""A workspace under rough hands: edited, with older edits saved; and what each command makes of it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from conftest import TREE, environment, kit_command, run_kit, snapshot
from disks import Disk

from graders import variant
from graders.model import SLUGS
from workspaces import saved

T = TypeVar("T")
AT_ONCE = 3

THEN, MINE = "# then\n" * 3000, "# mine\n" * 1000
EDITED = "app/catalog.py"
BROKEN = variant.exercise(TREE)
CHANGES = {
    "start --no-serve --fixed ada": variant.files(TREE, SLUGS),
    "reset ada": BROKEN,
    "restore NAME ada": {**BROKEN, EDITED: THEN},
    "reveal zero-pool --apply ada": {**variant.files(TREE, ["zero-pool"]), EDITED: MINE},
}
"""Commands that change a workspace, and the files that it holds afterwards."""
MAKES = ("start --no-serve new", "start --no-serve empty", "branches new", "branches empty")
"""Commands that make something in a folder."""


class Desk:
    """A folder, perhaps on a disk of its own, with the workspace `ada` and the folder `empty` on it."""

    def __init__(self, home: Path, disk: Disk | None = None) -> None:
        self.home = home
        self.folder = disk.folder if disk else home / "desk"
        self.here = disk.here if disk else self.folder
        self.prefix = disk.prefix if disk else []
        self.environment = {**environment(home), "TMPDIR": str(home / "tmp")}
        (home / "tmp").mkdir()
        (self.here / "empty").mkdir(parents=True)
        variant.write(BROKEN, self.here / "ada")
        self.edit(THEN)
        state, now = home / "state" / "debugkit", datetime(2026, 11, 24, 10, 15)
        self.name = saved.save(self.here / "ada", [EDITED], state, now).name
        self.edit(MINE)

    def edit(self, text: str) -> None:
        """Save a file of the workspace."""
        (self.here / "ada" / EDITED).write_text(text)

    def words(self, words: str) -> list[str]:
        """A command as it is typed; some words stand for folders here, NAME for the saved edits."""
        meant = {"NAME": self.name, **{name: str(self.folder / name) for name in ("ada", "empty", "new")}}
        return [meant.get(word, word) for word in words.split()]

    def __call__(self, words: str, *more: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        given = {**self.environment, **env}
        return run_kit(self.home, *self.words(words), *more, prefix=self.prefix, env=given)

    @contextlib.contextmanager
    def started(
        self, words: str, runner: Sequence[str] = (), stdout: int = subprocess.PIPE, **env: str
    ) -> Iterator[subprocess.Popen[str]]:
        """Run a command in a session of its own, which is over when the block is left."""
        with subprocess.Popen(
            kit_command(self.words(words), self.prefix, runner),
            cwd=self.home,
            env={**self.environment, **env},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as kit:
            try:
                yield kit
            finally:
                kit.kill()

    def seen(self) -> dict[str, bytes]:
        """All that lies in the folder, but for what running Python leaves."""
        found = snapshot(self.here)
        return {path: content for path, content in found.items() if "__pycache__" not in path}

    def files(self) -> dict[str, str]:
        """The exercise's files as they are in the workspace."""
        places = {path: self.here / "ada" / path for path in BROKEN}
        return {path: place.read_text() for path, place in places.items() if place.is_file()}

    def keeps(self, text: str) -> bool:
        """Whether the workspace or the saved edits hold a text."""
        places = [self.here / "ada" / EDITED, *(self.home / "state" / "debugkit" / "saved").rglob("*.py")]
        return any(place.read_text() == text for place in places)

    def left(self) -> list[str]:
        """What the kit needs on the way, and should be gone again: files, folders and processes."""
        made = [*self.here.rglob(".kit-*"), *self.home.glob("state/**/.kit-*"), *self.home.glob("tmp/*")]
        return [*map(str, made), *map(str, running(self.home).items())]


def together(act: Callable[[Path, T], None], below: Path, values: Iterable[T]) -> None:
    """Act for each value, some at the same time, each in a home of its own below a folder.

    For what is no matter of time: most commands wait for a disk or for a process.
    """

    def one(nth: int, value: T) -> None:
        home = below / f"{nth:04}"  # no name begins with another one
        home.mkdir()
        act(home, value)
        shutil.rmtree(home)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(one, nth, value) for nth, value in enumerate(values)]:
            done.result()


def running(home: Path) -> dict[int, bytes]:
    """What processes are that have something to do with a folder, where the system tells."""
    facts = {int(process.name): _facts(process) for process in Path("/proc").glob("[0-9]*")}
    return {number: text for number, text in facts.items() if os.fsencode(home) in text}


def _facts(process: Path) -> bytes:
    """Where a process works, and what it was given."""
    with contextlib.suppress(OSError):  # it has ended, or is somebody else's
        given = [(process / name).read_bytes() for name in ("cmdline", "environ")]
        return b" ".join([os.fsencode(os.readlink(process / "cwd")), *given])
    return b""
