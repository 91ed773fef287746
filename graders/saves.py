"""Tells that files in a folder may have changed, by the system's own events."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from graders.errors import KitError
from graders.process import signals_held

Tell = Callable[[KitError | None], None]
"""Called from another thread: with nothing when something may have changed, or with why nobody can watch."""

NOISE = re.compile(r"\.(pyc(\.\d+)?|log|(db|sqlite3?)([-.][^/]*)?)$")
"""What a running service writes all the time, and no part of a submission."""
LOOK_MS = 500
"""How often is looked whether the folder is still the same one."""
GONE_SECONDS = 0.1
"""How long until a folder that is gone is looked for again."""


@contextlib.contextmanager
def telling(folder: Path, tell: Tell) -> Iterator[None]:
    """Tell of every burst of saves, about 0.1 s after the last of them, until the block is left.

    A folder that another one takes the place of is followed.
    """
    stop = threading.Event()
    thread = threading.Thread(target=_follow, args=(folder, tell, stop), daemon=True)
    with signals_held():  # so that they reach the main thread
        thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _follow(folder: Path, tell: Tell, stop: threading.Event) -> None:
    try:
        while not stop.is_set():
            _watch(folder, tell, stop)
            stop.wait(GONE_SECONDS)
    except Exception as error:  # as many kinds as there are systems
        tell(KitError(f"{folder} cannot be watched: {error}. Grade it by hand: kit grade."))


def _watch(folder: Path, tell: Tell, stop: threading.Event) -> None:
    """Until it is told to stop, or the folder is not the one that it was at first."""
    import watchfiles

    with contextlib.suppress(FileNotFoundError):
        first = _identity(folder)
        tidings = watchfiles.watch(
            folder,
            watch_filter=lambda change, path: not NOISE.search(path),
            stop_event=stop,
            rust_timeout=LOOK_MS,
            yield_on_timeout=True,
            raise_interrupt=False,
        )
        new = True  # what was saved before the system watched is not missed
        with contextlib.closing(tidings):
            for changes in tidings:
                if changes or new:
                    tell(None)
                new = False
                if _identity(folder) != first:
                    return


def _identity(folder: Path) -> tuple[int, int]:
    found = folder.stat()
    return found.st_dev, found.st_ino
