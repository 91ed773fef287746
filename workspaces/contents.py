"""What lies in a workspace: the files that are somebody's, and the folders that are left alone."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from graders.submission import DATABASES, LEFT_OUT

OWN = (".kit-swap", ".kit-part-")
"""How the kit's own names begin while it swaps."""
LEFT_BY_RUNNING = re.compile(r"^(__pycache__|\.(pytest|mypy|ruff)_cache)$")


def work(folder: Path) -> list[str]:
    """Paths of files and links that somebody may have made or edited."""
    return [path for path in everything(folder) if not made_by_running(path) and can_be_saved(folder / path)]


def made_by_running(path: str) -> bool:
    """Whether the exercise itself makes a file of this name: its database, its log."""
    name = path.rsplit("/", 1)[-1]
    return name == "server.log" or bool(DATABASES.search(name))


def everything(folder: Path) -> list[str]:
    """Paths of all that is no folder, but for what lies in folders that are left alone. Raises OSError."""
    found = []
    for root, folders, names in os.walk(folder, onerror=_raise):
        links = [name for name in folders if (Path(root) / name).is_symlink()]
        folders[:] = [name for name in folders if name not in links and not _alone(Path(root) / name)]
        found += [Path(root) / name for name in (*names, *links) if not name.startswith(OWN)]
    return sorted(path.relative_to(folder).as_posix() for path in found)


def kept(folder: Path) -> list[str]:
    """Paths of the folders that are left alone, of those that anybody would miss."""
    places = (path for path in _folders(folder) if _alone(path) and not LEFT_BY_RUNNING.match(path.name))
    return sorted(path.relative_to(folder).as_posix() for path in places)


def caches(folder: Path) -> list[Path]:
    """Folders that running Python leaves."""
    return [path for path in _folders(folder) if LEFT_BY_RUNNING.match(path.name)]


def folders(folder: Path) -> list[Path]:
    """Folders that are not left alone, the innermost first: each may be empty, if those in it are."""
    ours = (path for path in _folders(folder) if not _alone(path) and not path.is_symlink())
    return sorted(ours, key=lambda path: len(path.parts), reverse=True)


def _folders(folder: Path) -> Iterator[Path]:
    """All folders below one, but for those in what is left alone."""
    for root, folders, _ in os.walk(folder):
        yield from (Path(root) / name for name in folders)
        folders[:] = [name for name in folders if not _alone(Path(root) / name)]


def _raise(error: OSError) -> None:
    raise error


def _alone(folder: Path) -> bool:
    """Version control, an editor's settings, an environment: nothing of the exercise."""
    name = folder.name
    known = name in LEFT_OUT or LEFT_BY_RUNNING.match(name) or name.startswith(OWN)
    return bool(known) or (folder / "pyvenv.cfg").exists()


def can_be_saved(path: Path) -> bool:
    """Whether it is a file or a link, and no pipe or socket."""
    return path.is_symlink() or path.is_file()
