"""Where a Unix socket can be bound however deep its folder lies: its address holds a hundred bytes or so."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def near(folder: Path) -> Iterator[Path]:
    """The same folder by a name that is short where the system has one, for this process alone.

    Elsewhere it is the folder's own name. Raises OSError.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        short = Path(f"/proc/self/fd/{handle}")
        yield short if short.is_dir() else folder
    finally:
        os.close(handle)
