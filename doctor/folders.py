"""Can what an interview writes be written, and is there room for it?"""

from __future__ import annotations

import os
import shlex
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, mkstemp

from doctor.finding import Finding, Level, ok
from doctor.interview import Interview, Means
from graders import sockets
from graders.errors import UsageError
from workspaces import places

MEGABYTE = 10**6


@dataclass(frozen=True)
class Folder:
    """Somewhere to write: how many megabytes it must take, whether sockets too, and how another is chosen.

    `level` is how bad it is where it cannot be used. `instead` is a command with `{}` for the other folder.
    """

    name: str
    path: Path
    megabytes: int
    level: Level
    instead: str
    sockets: bool = False


def folders(interview: Interview, means: Means) -> Iterator[Finding]:
    """The workspace, the temporary folder, and where the kit saves edits."""
    for folder in (
        # The candidate's environment takes 80 MB, and pip as much again while it works.
        Folder("workspace", interview.folder, 250, Level.FAILURE, "kit start --no-serve {}/interview"),
        Folder("temporary", interview.temporary, 100, Level.FAILURE, "export TMPDIR={}", sockets=True),
        Folder("saved edits", interview.state, 10, Level.WARNING, "export XDG_STATE_HOME={}"),
    ):
        yield _finding(folder, interview, means)


def _finding(folder: Folder, interview: Interview, means: Means) -> Finding:
    trouble = _trouble(folder, folder.path, means)
    if not trouble and folder.path == interview.folder and not places.is_workspace(folder.path):
        trouble = _no_place(folder.path)
    if trouble:
        return Finding(folder.name, folder.level, trouble, _elsewhere(folder, interview, means))
    return ok(folder.name, f"{folder.path}, {_size(means.room(_existing(folder.path)))} free")


def _no_place(folder: Path) -> str:
    """Why no workspace can be made there."""
    try:
        places.expect_room(folder)
    except UsageError as error:
        return str(error)
    return ""


def _trouble(folder: Folder, path: Path, means: Means) -> str:
    """Why a path will not do for this purpose, as a sentence; else nothing."""
    try:
        there = _existing(path)
        _write(there)
        if folder.sockets:
            _bind(there)
        free = means.room(there)
    except OSError as error:
        return f"{path} cannot be used: {error.strerror or error}."
    if free < folder.megabytes * MEGABYTE:
        return f"{path} has {_size(free)} free, and {folder.megabytes} MB are needed."
    return ""


def _existing(path: Path) -> Path:
    """The folder that is there already, in which a path would be made."""
    return next(place for place in (path, *path.absolute().parents) if os.path.lexists(place))


def _write(folder: Path) -> None:
    """Write a file and remove it again. Raises OSError."""
    handle, name = mkstemp(prefix=".kit-", dir=folder)
    try:
        os.write(handle, bytes(4096))
        os.fsync(handle)
    finally:
        os.close(handle)
        with suppress(FileNotFoundError):
            os.unlink(name)


def _bind(folder: Path) -> None:
    """Make a socket as a graded service's is made. Raises OSError, such as for a path that is too long."""
    with (
        TemporaryDirectory(prefix="kit-", dir=folder) as home,
        sockets.near(Path(home)) as place,
        socket.socket(socket.AF_UNIX) as listener,
    ):
        listener.bind(str(place / "s10"))


def _elsewhere(folder: Folder, interview: Interview, means: Means) -> tuple[str, ...]:
    """The command that uses another folder, which was tried; where there is none, the one that shows why."""
    home = interview.environment.get("HOME", "")
    for place in (*([home] if home else []), "/var/tmp", "/tmp"):
        path = Path(place)
        if path.is_dir() and not _trouble(folder, path, means):
            return (folder.instead.format(shlex.quote(place)),)
    return ("df -h",)


def _size(count: int) -> str:
    """Bytes as they are read."""
    return f"{count / 10**9:.0f} GB" if count >= 10**10 else f"{count / MEGABYTE:.0f} MB"
