"""Files that hold the old content or the new one, never a part."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

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
    name = str(target.with_name(f".kit-{secrets.token_hex(8)}"))
    try:
        try:
            _lay_at_once(name, content)
        except OSError:  # the system cannot do that, or the disk is full
            with open(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                _store(file, content)
        yield name
    finally:
        Path(name).unlink(missing_ok=True)


def _lay_at_once(name: str, content: bytes) -> None:
    """Name a file when all is in it, so that of one that is killed meanwhile nothing is left. Linux only."""
    nameless = getattr(os, "O_TMPFILE", 0)  # without it a folder cannot be opened so
    with open(os.open(os.path.dirname(name) or ".", os.O_WRONLY | nameless, 0o600), "wb") as file:
        _store(file, content)
        handle = file.fileno()
        os.link(f"/proc/self/fd/{handle}", name, src_dir_fd=handle)  # given any, os.link follows links


def _store(file: BinaryIO, content: bytes) -> None:
    file.write(content)
    file.flush()
    os.fsync(file.fileno())
