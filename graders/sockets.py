"""Where a Unix socket can be bound however deep its folder lies: its address holds a hundred bytes or so."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

LONG = 90
"""Bytes of a folder's name that leave room for a socket's."""


@contextlib.contextmanager
def near(folder: Path) -> Iterator[Path]:
    """The folder; where its name is long and the system has a short one for this process, by that.

    Raises OSError.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        short = f"/proc/self/fd/{handle}"
        yield Path(short) if len(os.fsencode(folder)) > LONG and os.path.isdir(short) else folder
    finally:
        os.close(handle)
