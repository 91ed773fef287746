"""Folders in which one person works: made, swapped to another variant, and nothing of theirs ever lost."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from graders import atomic, submission, variant
from graders.errors import NotAWorkspace, UsageError
from graders.model import SLUGS
from graders.patch import Files

ORIGIN = "origin.json"


@dataclass(frozen=True)
class Saved:
    """Edits that were put aside: a name to bring them back by, and where they came from."""

    name: str
    origin: Path


def is_workspace(folder: Path) -> bool:
    """Whether the exercise lies in a folder."""
    return (folder / "app" / "main.py").is_file()


def find(given: Path | None, current: Path) -> Path:
    """The folder meant: the one given, else the workspace around the current folder, else ./workspace."""
    around = next((folder for folder in (current, *current.parents) if is_workspace(folder)), None)
    return given or around or current / "workspace"


def create(folder: Path, files: Files) -> None:
    """Make a workspace; a new folder appears whole or not at all. Raises UsageError where one cannot."""
    around = next((parent for parent in folder.absolute().parents if is_workspace(parent)), None)
    if around:
        raise UsageError(f"{folder} would lie inside the workspace {around}: name a folder outside of it.")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file: name a folder.")
    if folder.is_dir():
        if any(folder.iterdir()):
            raise UsageError(f"{folder} is not empty and holds no exercise: name another folder.")
        variant.write(files, folder)
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".kit-", dir=folder.parent))
    try:
        variant.write(files, made)
        made.chmod(0o755)
        made.rename(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def set_aside(folder: Path, tree: Path, state: Path, now: datetime) -> Saved | None:
    """Save a workspace before a swap, where a file of the exercise was edited. Raises NotAWorkspace."""
    if not (folder / "init_db.py").is_file():
        raise NotAWorkspace(f"{folder} lacks init_db.py, so it is no whole workspace: name another folder.")
    known = _known(tree)
    edited = any(_content(folder / path) not in (None, *texts) for path, texts in known.items())
    return _save(folder, submission.regular_files(folder), state, now) if edited else None


def lay(folder: Path, files: Files) -> None:
    """Put a variant's files in place of the workspace's; whatever else lies there stays."""
    for path, text in files.items():
        _replace(folder / path, text.encode())


def _known(tree: Path) -> dict[str, set[bytes]]:
    """What each file of the exercise holds in any variant."""
    every = [
        variant.files(tree, fixes)
        for count in range(len(SLUGS) + 1)
        for fixes in itertools.combinations(SLUGS, count)
    ]
    return {path: {files[path].encode() for files in every} for path in every[0]}


def _content(path: Path) -> bytes | None:
    """What a file holds, however its lines end; None where there is none."""
    return path.read_bytes().replace(b"\r\n", b"\n") if path.is_file() else None


def _save(folder: Path, paths: list[Path], state: Path, now: datetime) -> Saved:
    """Copy files of a folder into the kit's state folder, where they appear all at once."""
    home = state / "saved"
    home.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".kit-", dir=home))
    try:
        for path in paths:
            target = made / "files" / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
        (made / ORIGIN).write_text(json.dumps({"folder": str(folder.resolve())}), "utf-8")
        names = (f"{now:%Y%m%d-%H%M%S}-{nth}" for nth in itertools.count(1))
        name = next(name for name in names if not (home / name).exists())
        made.rename(home / name)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return Saved(name, folder.resolve())


def restore(
    name: str, folder: Path | None, tree: Path, state: Path, now: datetime
) -> tuple[Saved, Saved | None]:
    """Bring saved edits back, to where they came from or into another folder.

    What they overwrite is saved too, and returned second. Raises UsageError for an unknown name.
    """
    home = state / "saved" / name
    if not re.fullmatch(r"[\w-]+", name) or not (home / ORIGIN).is_file():
        known = [f"{path.name} ({_origin(path)})" for path in sorted((state / "saved").glob("[!.]*"))]
        raise UsageError(f"Nothing was saved as {name}. Saved: {', '.join(known) or 'nothing yet'}.")
    target = folder or _origin(home)
    pairs = {target / p.relative_to(home / "files"): p for p in submission.regular_files(home / "files")}
    known_texts = _known(tree)
    lost = [
        path
        for path, saved in pairs.items()
        if _content(path) not in (None, _content(saved))
        and _content(path) not in known_texts.get(path.relative_to(target).as_posix(), ())
    ]
    overwritten = _save(target, lost, state, now) if lost else None
    for path, saved in pairs.items():
        _replace(path, saved.read_bytes())
    return Saved(name, target), overwritten


def _origin(saved: Path) -> Path:
    return Path(json.loads((saved / ORIGIN).read_text("utf-8"))["folder"])


def _replace(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    atomic.write(target, content)


def environment(inherited: dict[str, str]) -> dict[str, str]:
    """What a workspace's own scripts see: the person's environment, but the exercise's own settings."""
    return {k: v for k, v in inherited.items() if k not in {"DATABASE_URL", "ANALYTICS_TTL_SECONDS"}}
