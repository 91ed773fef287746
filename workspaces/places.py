"""Where a workspace is."""

from __future__ import annotations

from pathlib import Path

from graders.errors import NotAWorkspace, UsageError


def is_workspace(folder: Path) -> bool:
    """Whether the exercise lies in a folder, also when somebody has removed its app/main.py."""
    marks = ("app/main.py",), ("app/database.py", "init_db.py")
    return any(all((folder / path).is_file() for path in paths) for paths in marks)


def find(given: Path | None, current: Path) -> Path:
    """The folder meant: the one given, else the workspace around the current folder, else ./workspace."""
    return given or around(current) or current / "workspace"


def around(folder: Path) -> Path | None:
    """The workspace that a folder is, or lies in."""
    return next((place for place in (folder, *folder.parents) if is_workspace(place)), None)


def expect_workspace(folder: Path) -> None:
    """Raise NotAWorkspace where the exercise does not lie in a folder."""
    if not is_workspace(folder):
        what = "no folder" if not folder.is_dir() else "no workspace, it has no app/main.py"
        raise NotAWorkspace(f"{folder} is {what}: name the exercise's folder, or make one with kit start.")


def expect_room(folder: Path) -> None:
    """Raise UsageError where nothing new can be made: in a full folder, a file, or inside a workspace."""
    outer = around(folder.resolve().parent)
    if outer:
        raise UsageError(f"{folder} would lie inside the workspace {outer}: name a folder outside of it.")
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not there.is_dir():
        raise UsageError(f"{there} is a file: name a folder.")
    if folder.is_dir() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty and holds no exercise: name another folder.")
