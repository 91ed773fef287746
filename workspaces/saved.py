"""Edits that were put aside in the kit's own state folder: saved whole, listed, never removed by the kit."""

from __future__ import annotations

import contextlib
import filecmp
import itertools
import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from graders.errors import KitError, UsageError
from graders.scratch import scratch

ORIGIN = "origin.json"


@dataclass(frozen=True)
class Saved:
    """Edits put aside: a name to bring them back by, where they came from, and the paths below `files`."""

    name: str
    origin: Path
    files: Path
    paths: tuple[str, ...]


def save(folder: Path, paths: Iterable[str], state: Path, now: datetime, source: Path | None = None) -> Saved:
    """Copy files, given by their path in a folder, to where they appear all at once.

    They are read from `source` where they were moved out of the folder. What is saved already, as a
    whole and byte by byte, is not saved twice. Raises KitError where the state folder cannot be
    written, and then nothing was saved.
    """
    home = state / "saved"
    wanted = tuple(sorted(paths))
    try:
        home.mkdir(parents=True, exist_ok=True)
        with scratch(home, ".kit-") as made:
            for path in wanted:
                with contextlib.suppress(FileNotFoundError):  # an editor's, which is gone by now
                    copy((source or folder) / path, made / "files" / path)
            same = (saved for saved in of(folder, state) if _equal(saved.files, made / "files"))
            if already := next(same, None):
                return already
            (made / ORIGIN).write_text(json.dumps({"folder": str(folder.resolve())}), "utf-8")
            name = _named(made, home, now)
    except OSError as error:
        where = f"and still lie in {source}" if source else "so nothing was changed"
        raise KitError(
            f"The edits in {folder} cannot be saved in {home} ({_why(error)}), {where}: "
            "mend that, or name another place with XDG_STATE_HOME."
        ) from error
    return _read(home / name)


def _why(error: OSError) -> str:
    return f"{error.strerror}: {error.filename}" if error.strerror and error.filename else str(error)


def copy(path: Path, target: Path) -> None:
    """A file with its mode and times, or a link as a link; on the disk when this returns."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(path, target, follow_symlinks=False)
    if not target.is_symlink():
        with target.open("rb") as file:
            os.fsync(file.fileno())


def _named(made: Path, home: Path, now: datetime) -> str:
    """Give it the first name that is free, however the clock was set."""
    for nth in itertools.count(1):
        name = f"{now:%Y%m%d-%H%M%S}-{nth}"
        if not (home / name).exists():
            try:
                made.rename(home / name)
            except OSError:
                if not (home / name).exists():
                    raise
            else:
                return name
    raise AssertionError


def _equal(one: Path, other: Path) -> bool:
    paths = below(one)
    return paths == below(other) and all(_same(one / path, other / path) for path in paths)


def _same(one: Path, other: Path) -> bool:
    if one.is_symlink() or other.is_symlink():
        return one.is_symlink() and other.is_symlink() and os.readlink(one) == os.readlink(other)
    return filecmp.cmp(one, other, shallow=False)


def every(state: Path) -> list[Saved]:
    """All that was saved, by name."""
    found = []
    for path in sorted((state / "saved").glob("[!.]*")):
        with contextlib.suppress(OSError, ValueError, LookupError, TypeError):  # none of the kit's
            found.append(_read(path))
    return found


def of(folder: Path, state: Path) -> list[Saved]:
    """What was saved out of one folder."""
    return [saved for saved in every(state) if saved.origin == folder.resolve()]


def named(name: str, state: Path) -> Saved:
    """The one of this name. Raises UsageError, which names the last ones."""
    for saved in every(state):
        if saved.name == name:
            return saved
    last = ", ".join(f"{saved.name} (of {saved.origin})" for saved in every(state)[-3:])
    raise UsageError(f"Nothing was saved as {name}. The last saved: {last or 'nothing yet'}.")


def _read(home: Path) -> Saved:
    origin = Path(json.loads((home / ORIGIN).read_text("utf-8"))["folder"])
    return Saved(home.name, origin, home / "files", tuple(below(home / "files")))


def below(folder: Path) -> list[str]:
    """Paths of all files and links below a folder, in order."""
    found = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return sorted(path.relative_to(folder).as_posix() for path in found)
