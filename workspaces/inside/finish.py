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
    """Put everything in place. Raises OSError where something cannot be; run again, it does the rest."""
    folder = swap.parent
    for new in sorted(path for path in (swap / "new").rglob("*") if path.is_symlink() or not path.is_dir()):
        path = new.relative_to(swap / "new")
        make_way(swap, path)
        keep(swap, path)
        make_folders(folder, path)
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


def make_folders(folder: Path, path: Path) -> None:
    """Those that a file needs, with the owner of the folder that they lie in."""
    for parent in reversed(path.parents[:-1]):
        place = folder / parent
        if not place.is_dir():
            place.mkdir()
            owner = place.parent.stat()
            with contextlib.suppress(PermissionError):
                os.chown(place, owner.st_uid, owner.st_gid)


def keep(swap: Path, path: Path) -> None:
    """A second name for what is about to be replaced; where there can be none, the only one."""
    if not os.path.lexists(swap.parent / path):
        return
    try:
        os.link(swap.parent / path, free(swap, path), follow_symlinks=False)
    except OSError:
        move(swap, path)


def move(swap: Path, path: Path) -> None:
    """Rename it out of the way."""
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
