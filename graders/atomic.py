"""Files that hold the old content or the new one, never a part."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

NEW_MODE = 0o644


def write(target: Path, content: bytes) -> None:
    """Replace a file, or make it in a folder that is there. Raises OSError, and then nothing has changed."""
    with _beside(target, content) as name:
        os.chmod(name, target.stat().st_mode & 0o777 if target.exists() else NEW_MODE)
        os.replace(name, target)


def create(target: Path, content: bytes) -> None:
    """Make a new file. Raises FileExistsError where there is one already, or OSError."""
    with _beside(target, content) as name:
        os.chmod(name, NEW_MODE)
        os.link(name, target)


@contextlib.contextmanager
def _beside(target: Path, content: bytes) -> Iterator[str]:
    """A file with this content in the same folder, gone at the end unless it was renamed."""
    handle, name = tempfile.mkstemp(prefix=".kit-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield name
    finally:
        Path(name).unlink(missing_ok=True)
