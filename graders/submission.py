"""A workspace as it is graded: copied to a folder of the grader's own, and only ever read as data."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from graders.dataset import DataSet
from graders.errors import NotAWorkspace, UsageError
from graders.patch import Files

FILES_LIMIT = 2000
BYTES_LIMIT = 50 << 20

LEFT_OUT = {".git", ".hg", ".svn", ".idea", ".vscode", "__pycache__", "node_modules", "server.log"}
DATABASES = re.compile(r"\.(db|sqlite3?)(-(wal|shm|journal))?$")


@dataclass(frozen=True)
class Submission:
    """What was handed in: its files by path, a sha256 over them, and which differ from the exercise."""

    name: str
    files: dict[str, bytes]
    sha256: str
    changed: tuple[str, ...]


def read(workspace: Path, exercise: Files) -> Submission:
    """Read a workspace. Raises NotAWorkspace or UsageError (too much in it)."""
    if not (workspace / "app" / "main.py").is_file():
        raise NotAWorkspace(f"There is no app/main.py in {workspace}: name the folder of the exercise.")
    files: dict[str, bytes] = {}
    size = 0
    for path in _regular_files(workspace):
        content = path.read_bytes()
        files[path.relative_to(workspace).as_posix()] = content
        size += len(content)
        if len(files) > FILES_LIMIT or size > BYTES_LIMIT:
            raise UsageError(
                f"{workspace} holds more than {FILES_LIMIT} files or {BYTES_LIMIT >> 20} MB: "
                "remove what does not belong to the exercise."
            )
    return Submission(workspace.resolve().name, files, _digest(files), _changed(files, exercise))


def _regular_files(folder: Path) -> Iterator[Path]:
    """Files to grade, in a stable order; no links are followed, no special files opened."""
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if name not in LEFT_OUT and not (Path(root) / name / "pyvenv.cfg").exists()
        )
        for name in sorted(names):
            path = Path(root) / name
            wanted = name not in LEFT_OUT and not DATABASES.search(name)
            if wanted and stat.S_ISREG(path.lstat().st_mode):
                yield path


def _digest(files: dict[str, bytes]) -> str:
    hasher = hashlib.sha256()
    for path, content in files.items():
        for part in (path.encode("utf-8", "surrogateescape"), content):
            hasher.update(len(part).to_bytes(8, "big") + part)
    return hasher.hexdigest()


def _changed(files: dict[str, bytes], exercise: Files) -> tuple[str, ...]:
    """Paths that were edited, added or removed; how lines end does not matter."""
    given = {path: text.encode() for path, text in exercise.items()}
    return tuple(
        path
        for path in sorted(files.keys() | given.keys())
        if files.get(path, b"").replace(b"\r\n", b"\n") != given.get(path, b"")
    )


def write(files: dict[str, bytes], folder: Path, data: DataSet, exercise: Files) -> None:
    """Lay a submission out to be run, with today's rates where the remote service stands in."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    rates = re.sub(r"PER_EURO = \{.*?\}", f"PER_EURO = {data.rates!r}", exercise["app/rates.py"])
    (folder / "app" / "rates.py").write_text(rates, "utf-8")
