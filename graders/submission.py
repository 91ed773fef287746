"""A workspace as it is graded: copied to a folder of the grader's own, and only ever read as data."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from graders.dataset import DataSet
from graders.digest import digest
from graders.errors import NotAWorkspace, UsageError
from graders.patch import Files

FILES_LIMIT = 2000
BYTES_LIMIT = 50 << 20
REST_SECONDS = 0.1
"""So long nothing may have changed before a workspace is read: an editor that saves is done by then."""
PATIENCE_SECONDS = 5.0

LEFT_OUT = {".git", ".hg", ".svn", ".idea", ".vscode", "__pycache__", "node_modules", "server.log"}
DATABASES = re.compile(r"\.(db|sqlite3?)(\.before-\d+|\.part)?(-(wal|shm|journal))?$")
"""Names of databases, those that were put aside, and what SQLite lays beside them: made by running."""
REPORT = re.compile(rb'\s*\{\s*"schema":\s*"debugkit/report/v1"')
"""How a report of the kit begins: made by grading, and wherever it is kept, no part of what was graded."""


@dataclass(frozen=True)
class Submission:
    """What was handed in: its files by path, a sha256 over them, and which differ from the exercise."""

    name: str
    files: dict[str, bytes]
    sha256: str
    changed: tuple[str, ...]


def read(
    workspace: Path,
    handed_out: Sequence[Files],
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Submission:
    """Read a workspace in a moment in which nothing in it changes, so that all files belong together.

    Reports that --export-json wrote into it are left out: neither part of the sha256 nor run with the rest.
    `handed_out`: all trees of the broken exercise that the kit hands out, whose files are nobody's change.
    Raises NotAWorkspace, UsageError (too much in it, or it keeps changing), or OSError.
    """
    files = _at_rest(workspace, now, sleep)
    if "app/main.py" not in files:
        raise NotAWorkspace(
            f"There is no app/main.py in {workspace}, as a file of its own: name the exercise's folder."
        )
    files = {path: content for path, content in files.items() if not _is_report(path, content)}
    return Submission(workspace.resolve().name, files, digest(files), _changed(files, handed_out))


def _at_rest(workspace: Path, now: Callable[[], float], sleep: Callable[[float], None]) -> dict[str, bytes]:
    """The files of a workspace, read after and within a time in which no stamp changed.

    Stamps are compared with each other alone: files may be dated in the future, and clocks be set.
    """
    end, busy = now() + PATIENCE_SECONDS, "it"
    seen = _stamps(workspace)
    while True:
        sleep(REST_SECONDS)
        before = _stamps(workspace)
        files = _contents(workspace, before) if before == seen else None
        after = _stamps(workspace)
        if files is not None and after == before:
            return files
        busy = _differing(before, after) or _differing(seen, before) or busy
        if now() > end:
            raise UsageError(f"{workspace} keeps changing while it is read: stop what writes to {busy}.")
        seen = after


class Stamp(NamedTuple):
    """What changes with a file, whether it is written in place or replaced."""

    size: int
    modified_ns: int
    inode: int


Stamps = dict[str, Stamp]


def _stamps(workspace: Path) -> Stamps:
    """By path, all that is somebody's work. Raises NotAWorkspace, or UsageError where it is too much."""
    if not workspace.is_dir():
        raise NotAWorkspace(f"{workspace} is no folder with an app/main.py: name the folder of the exercise.")
    stamps = {
        path.relative_to(workspace).as_posix(): Stamp(found.st_size, found.st_mtime_ns, found.st_ino)
        for path, found in _regular_files(workspace)
    }
    if len(stamps) > FILES_LIMIT or sum(stamp.size for stamp in stamps.values()) > BYTES_LIMIT:
        raise UsageError(
            f"{workspace} holds more than {FILES_LIMIT} files or {BYTES_LIMIT >> 20} MB: "
            "remove what does not belong to the exercise."
        )
    return stamps


def _contents(workspace: Path, paths: Iterable[str]) -> dict[str, bytes] | None:
    """By path; None where one is gone by now."""
    try:
        return {path: (workspace / path).read_bytes() for path in paths}
    except (FileNotFoundError, NotADirectoryError):
        return None


def _differing(one: Stamps, other: Stamps) -> str:
    """A path whose stamp is not the same in both; empty where there is none."""
    return next((path for path in sorted(one | other) if one.get(path) != other.get(path)), "")


def encoded(files: Files) -> dict[str, bytes]:
    """Texts as they lie on the disk."""
    return {path: text.encode() for path, text in files.items()}


def _regular_files(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Files that are somebody's work; no links are followed, and what is gone by now is left out."""
    for root, folders, names in os.walk(folder, onerror=_raise_unless_gone):
        folders[:] = [name for name in folders if not _left_out(Path(root) / name)]
        for path in (Path(root) / name for name in names if _wanted(name)):
            with contextlib.suppress(FileNotFoundError):
                found = path.lstat()
                if stat.S_ISREG(found.st_mode):
                    yield path, found


def _raise_unless_gone(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError | NotADirectoryError):
        raise error


def _left_out(folder: Path) -> bool:
    name = folder.name
    return name in LEFT_OUT or name.startswith(".kit-") or (folder / "pyvenv.cfg").exists()


def _wanted(name: str) -> bool:
    return not (name in LEFT_OUT or name.startswith(".kit-") or DATABASES.search(name))


def _is_report(path: str, content: bytes) -> bool:
    return path.endswith(".json") and REPORT.match(content) is not None


def _changed(files: dict[str, bytes], handed_out: Sequence[Files]) -> tuple[str, ...]:
    """Paths that were edited, added or removed; how lines end does not matter."""
    unix = {path: content.replace(b"\r\n", b"\n") for path, content in files.items()}
    trees = [encoded(tree) for tree in handed_out]
    paths = sorted(unix.keys() | {path for tree in trees for path in tree})
    return tuple(path for path in paths if unix.get(path) not in [tree.get(path) for tree in trees])


def write(files: dict[str, bytes], folder: Path, data: DataSet, exercise: Files) -> None:
    """Lay a submission out to be run, with today's rates where the remote service stands in."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    (folder / "app").mkdir(exist_ok=True)
    rates = re.sub(r"PER_EURO = \{.*?\}", f"PER_EURO = {data.rates!r}", exercise["app/rates.py"])
    (folder / "app" / "rates.py").write_text(rates, "utf-8")
