"""A workspace as it is graded: copied to a folder of the grader's own, and only ever read as data."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from graders.dataset import DataSet
from graders.digest import digest
from graders.errors import NotAWorkspace, UsageError
from graders.patch import Files

FILES_LIMIT = 2000
BYTES_LIMIT = 50 << 20

LEFT_OUT = {".git", ".hg", ".svn", ".idea", ".vscode", "__pycache__", "node_modules", "server.log"}
DATABASES = re.compile(r"\.(db|sqlite3?)([-.].*)?$")


@dataclass(frozen=True)
class Submission:
    """What was handed in: its files by path, a sha256 over them, and which differ from the exercise."""

    name: str
    files: dict[str, bytes]
    sha256: str
    changed: tuple[str, ...]


def read(workspace: Path, exercise: Files) -> Submission:
    """Read a workspace. Raises NotAWorkspace, UsageError (too much in it), or OSError."""
    if not workspace.is_dir():
        raise NotAWorkspace(f"{workspace} is no folder with an app/main.py: name the folder of the exercise.")
    files: dict[str, bytes] = {}
    size = 0
    for path in regular_files(workspace):
        content = path.read_bytes()
        files[path.relative_to(workspace).as_posix()] = content
        size += len(content)
        if len(files) > FILES_LIMIT or size > BYTES_LIMIT:
            raise UsageError(
                f"{workspace} holds more than {FILES_LIMIT} files or {BYTES_LIMIT >> 20} MB: "
                "remove what does not belong to the exercise."
            )
    if "app/main.py" not in files:
        raise NotAWorkspace(
            f"There is no app/main.py in {workspace}, as a file of its own: name the exercise's folder."
        )
    return Submission(workspace.resolve().name, files, digest(files), _changed(files, encoded(exercise)))


def encoded(files: Files) -> dict[str, bytes]:
    """Texts as they lie on the disk."""
    return {path: text.encode() for path, text in files.items()}


def regular_files(folder: Path) -> list[Path]:
    """Files that are somebody's work, in a stable order; no links are followed, no special files opened."""
    found = []
    for root, folders, names in os.walk(folder, onerror=_raise):
        folders[:] = sorted(name for name in folders if not _left_out(Path(root) / name))
        found += [Path(root) / name for name in sorted(names) if _wanted(Path(root) / name)]
    return found


def _raise(error: OSError) -> None:
    raise error


def _left_out(folder: Path) -> bool:
    return folder.name in LEFT_OUT or (folder / "pyvenv.cfg").exists()


def _wanted(path: Path) -> bool:
    known = path.name in LEFT_OUT or path.name.startswith(".kit-") or DATABASES.search(path.name)
    return not known and stat.S_ISREG(path.lstat().st_mode)


def _changed(files: dict[str, bytes], given: dict[str, bytes]) -> tuple[str, ...]:
    """Paths that were edited, added or removed; how lines end does not matter."""
    unix = {path: content.replace(b"\r\n", b"\n") for path, content in files.items()}
    return tuple(path for path in sorted(unix.keys() | given.keys()) if unix.get(path) != given.get(path))


def write(files: dict[str, bytes], folder: Path, data: DataSet, exercise: Files) -> None:
    """Lay a submission out to be run, with today's rates where the remote service stands in."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    (folder / "app").mkdir(exist_ok=True)
    rates = re.sub(r"PER_EURO = \{.*?\}", f"PER_EURO = {data.rates!r}", exercise["app/rates.py"])
    (folder / "app" / "rates.py").write_text(rates, "utf-8")
