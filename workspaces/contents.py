"""What lies in a workspace: the files that are somebody's, and the folders that are left alone."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from graders.submission import DATABASES, LEFT_OUT

LEFT_BY_RUNNING = re.compile(r"^(__pycache__|\.(pytest|mypy|ruff)_cache)$")


def work(folder: Path) -> list[str]:
    """Paths of files and links that somebody may have made or edited."""
    return [path for path in everything(folder) if not made_by_running(path)]


def made_by_running(path: str) -> bool:
    """Whether the exercise itself makes a file of this name: its database, its log."""
    name = path.rsplit("/", 1)[-1]
    return name == "server.log" or bool(DATABASES.search(name))


def everything(folder: Path) -> list[str]:
    """Paths of all files and links but for what lies in folders that are left alone. Raises OSError."""
    found = []
    for root, folders, names in os.walk(folder, onerror=_raise):
        links = [name for name in folders if (Path(root) / name).is_symlink()]
        folders[:] = [name for name in folders if name not in links and not _alone(Path(root) / name)]
        found += [Path(root) / name for name in (*names, *links) if _lasts(Path(root) / name)]
    return sorted(path.relative_to(folder).as_posix() for path in found)


def kept(folder: Path) -> list[str]:
    """Names of the folders at the top that are left alone, of those that anybody would miss."""
    return sorted(
        path.name
        for path in folder.iterdir()
        if path.is_dir() and _alone(path) and not LEFT_BY_RUNNING.match(path.name)
    )


def caches(folder: Path) -> Iterator[Path]:
    """Folders that running Python leaves."""
    for root, folders, _ in os.walk(folder):
        yield from (Path(root) / name for name in folders if LEFT_BY_RUNNING.match(name))
        folders[:] = [name for name in folders if not _alone(Path(root) / name)]


def _raise(error: OSError) -> None:
    raise error


def _alone(folder: Path) -> bool:
    """Version control, an editor's settings, an environment: nothing of the exercise."""
    name = folder.name
    known = name in LEFT_OUT or LEFT_BY_RUNNING.match(name) or name.startswith(".kit-")
    return bool(known) or (folder / "pyvenv.cfg").exists()


def _lasts(path: Path) -> bool:
    """Whether it is a file or a link, and none that the kit itself is about to rename."""
    return not path.name.startswith(".kit-") and (path.is_symlink() or path.is_file())
