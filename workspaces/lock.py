"""One kit at a time in a folder: an advisory lock on the folder itself, which leaves no file behind.

It is flock(2) of an open directory: the system lets it go when the process ends, however it ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from graders.errors import Busy

READING_SECONDS = 5.0
"""How long a reader waits for a swap, which takes a moment."""
LOCKS = Path("/proc/locks")


@contextlib.contextmanager
def changing(folder: Path) -> Iterator[int]:
    """Alone in a folder that is there; yields the file descriptor that holds it. Raises Busy at once."""
    with _opened(folder) as handle:
        _take(handle, folder, fcntl.LOCK_EX)
        yield handle


@contextlib.contextmanager
def reading(folder: Path, seconds: float = READING_SECONDS) -> Iterator[int]:
    """Together with other readers; waits for one that changes the folder. Raises Busy after so long."""
    with _opened(folder) as handle:
        deadline = time.monotonic() + seconds
        while True:
            try:
                _take(handle, folder, fcntl.LOCK_SH)
                break
            except Busy:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        yield handle


def share(handle: int) -> None:
    """Let readers in again: what `changing` holds keeps only other changes out from here on."""
    fcntl.flock(handle, fcntl.LOCK_SH)


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[int]:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield handle
    finally:
        os.close(handle)


def _take(handle: int, folder: Path, kind: int) -> None:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Busy(
            f"Another kit{_holder(handle)} is at work in {folder}: wait until it is done; "
            "one that serves ends with Ctrl-C."
        ) from None
    except OSError:  # a file system without locks
        return


def _holder(handle: int) -> str:
    """` (process 1234)` where the system tells who holds the lock."""
    status = os.fstat(handle)
    try:
        lines = LOCKS.read_text().splitlines()
    except OSError:
        return ""
    place = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    found = [words[4] for words in map(str.split, lines) if "FLOCK" in words and place in words]
    return f" (process {found[0]})" if found else ""
