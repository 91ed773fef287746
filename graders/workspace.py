"""Folders in which one person works: made, swapped to another variant, and nothing of theirs ever lost."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from graders import atomic, submission, variant
from graders.errors import KitError, NotAWorkspace, UsageError
from graders.model import SLUGS
from graders.patch import Files
from graders.process import DATABASE

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
    """The folder meant: the one given, else the current one where it is a workspace, else ./workspace."""
    return given or (current if is_workspace(current) else current / "workspace")


def create(folder: Path, files: Files) -> None:
    """Make a workspace. It appears whole or not at all. Raises UsageError where something is in the way."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty and holds no exercise: name another folder.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".kit-", dir=folder.parent))
    try:
        variant.write(files, made)
        made.chmod(0o755)
        os.replace(made, folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def swap(folder: Path, files: Files, tree: Path, state: Path, now: datetime) -> Saved | None:
    """Turn the exercise's files in a workspace into another variant's; whatever else lies there stays.

    Edits are saved first, and what was saved is returned. Raises NotAWorkspace.
    """
    if not (folder / "init_db.py").is_file():
        raise NotAWorkspace(f"{folder} lacks init_db.py, so it is no whole workspace: name another folder.")
    saved = save(folder, state, now) if _edited(folder, tree) else None
    for path, text in files.items():
        _replace(folder / path, text.encode())
    return saved


def _edited(folder: Path, tree: Path) -> bool:
    """Whether any file of the exercise holds something that no variant does."""
    every = [
        variant.files(tree, fixes)
        for count in range(len(SLUGS) + 1)
        for fixes in itertools.combinations(SLUGS, count)
    ]
    for path in every[0]:
        found = folder / path
        if not found.is_file():
            continue
        if found.read_bytes().replace(b"\r\n", b"\n") not in {files[path].encode() for files in every}:
            return True
    return False


def save(folder: Path, state: Path, now: datetime) -> Saved:
    """Copy all of a workspace but its database into the kit's state folder."""
    names = (f"{now:%Y%m%d-%H%M%S}-{nth}" for nth in itertools.count(1))
    home = state / "saved"
    home.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".kit-", dir=home))
    for path, content in submission.read(folder, {}).files.items():
        target = made / "files" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    (made / ORIGIN).write_text(json.dumps({"folder": str(folder.resolve())}), "utf-8")
    name = next(name for name in names if not (home / name).exists())
    os.rename(made, home / name)
    return Saved(name, folder.resolve())


def restore(
    name: str, folder: Path | None, tree: Path, state: Path, now: datetime
) -> tuple[Saved, Saved | None]:
    """Bring saved edits back, to where they came from or into another folder.

    What is edited there now is saved too, and returned second. Raises UsageError for an unknown name.
    """
    home = state / "saved" / name
    if not re.fullmatch(r"[\w-]+", name) or not (home / ORIGIN).is_file():
        known = sorted(path.name for path in (state / "saved").glob("[!.]*"))
        raise UsageError(f"Nothing was saved as {name}. Saved: {', '.join(known) or 'nothing yet'}.")
    target = folder or Path(json.loads((home / ORIGIN).read_text("utf-8"))["folder"])
    overwritten = save(target, state, now) if is_workspace(target) and _edited(target, tree) else None
    for path in sorted((home / "files").rglob("*")):
        if path.is_file():
            _replace(target / path.relative_to(home / "files"), path.read_bytes())
    return Saved(name, target), overwritten


def _replace(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    atomic.write(target, content)


def populate(folder: Path, seed: int | None) -> str:
    """Make and fill a workspace's database with its own scripts; says what they said.

    Without a seed, a database that is there is left alone. With one, it is put aside first.
    """
    database = folder / DATABASE
    if database.exists():
        if seed is None:
            return f"the database {DATABASE} is there already"
        spare = next(
            path for n in itertools.count(1) if not (path := folder / f"{DATABASE}.before-{n}").exists()
        )
        database.rename(spare)
    _run(folder, "init_db.py")
    return _run(folder, "populate_db.py", *(["--seed", str(seed)] if seed is not None else []))


def _run(folder: Path, script: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, script, *arguments], cwd=folder, capture_output=True, text=True, timeout=120
    )
    said = (done.stdout if done.returncode == 0 else done.stderr).strip().splitlines()
    if done.returncode:
        raise KitError(f"{script} failed in {folder}: {said[-1] if said else done.returncode}")
    return said[-1] if said else ""
