"""Finish a swap whose files are all staged: `finish.py FOLDER/.kit-swap`, some renames in an own process.

It goes on when the kit is killed, and does the rest when it is run again after it was killed itself:
whatever lies below new/ is still to be put in place, whatever is named in gone is still to be taken away.
What was there before lies below old/ then.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path


def finish(swap: Path) -> None:
    """Put everything in place."""
    folder = swap.parent
    for new in sorted(path for path in (swap / "new").rglob("*") if path.is_symlink() or not path.is_dir()):
        path = new.relative_to(swap / "new")
        make_way(swap, path)
        keep(swap, path)
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        os.replace(new, folder / path)
    for line in (swap / "gone").read_text("utf-8", "surrogateescape").split("\0"):
        if line and os.path.lexists(folder / line):
            move(swap, Path(line))


def make_way(swap: Path, path: Path) -> None:
    """Move aside what stands where a folder is needed, and a folder where a file is."""
    for parent in reversed(path.parents[:-1]):
        place = swap.parent / parent
        if os.path.lexists(place) and (place.is_symlink() or not place.is_dir()):
            move(swap, parent)
    if (swap.parent / path).is_dir() and not (swap.parent / path).is_symlink():
        move(swap, path)


def keep(swap: Path, path: Path) -> None:
    """A second name for what is about to be replaced."""
    with contextlib.suppress(OSError):  # nothing there, or no such links on this file system
        os.link(swap.parent / path, free(swap, path), follow_symlinks=False)


def move(swap: Path, path: Path) -> None:
    """Rename it out of the way."""
    with contextlib.suppress(OSError):
        os.rename(swap.parent / path, free(swap, path))


def free(swap: Path, path: Path) -> Path:
    """A name below old/ that nothing has: a run that was killed may have kept an earlier content."""
    old = swap / "old" / path
    old.parent.mkdir(parents=True, exist_ok=True)
    while os.path.lexists(old):
        old = old.with_name(f"{old.name}~")
    return old


if __name__ == "__main__":
    finish(Path(sys.argv[1]))
