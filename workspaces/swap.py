"""A folder's files replaced by others, so that an end at any moment leaves all of the old or all of the new.

The new files are staged in a folder .kit-part-*, while the folder is as it was. One rename to .kit-swap
decides. Then a process of its own, which outlives the kit, puts them in place by renames alone
(inside/finish.py). What it replaced is kept until it is certain that it is saved. If the whole machine
stops on the way, the next command that opens the folder does the rest (`settle`).
"""

from __future__ import annotations

import contextlib
import itertools
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path

from graders.errors import KitError
from graders.process import signals_held
from graders.scratch import scratch
from workspaces import known, saved
from workspaces.saved import Saved

SWAP, PART = ".kit-swap", ".kit-part-"
FINISH = Path(__file__).parent / "inside" / "finish.py"
FINISH_SECONDS = 60

Sources = Mapping[str, bytes | Path]
"""By path, what a file is to hold, or a file whose content, mode and times it is to have."""


def swap(
    folder: Path,
    sources: Sources,
    gone: Iterable[str],
    before: Saved | None,
    texts: known.Texts,
    state: Path,
    now: datetime,
    lock: int,
    done: Callable[[], None] = lambda: None,
) -> Saved | None:
    """Put files in place and take others away; `before` is what was saved of the folder already.

    `done` is called at the end, before a signal that came meanwhile is obeyed. Returns what was edited since
    then, saved too. Raises OSError or KitError, and then nothing has changed.
    """
    clear(folder)
    _move_aside(folder)
    away = [path for path in gone if not _needed(path, sources, folder)]
    for path in (*sources, *away):
        _expect_renames(folder, path)
    with contextlib.ExitStack() as stack:
        try:
            part = stack.enter_context(scratch(folder, PART))
            _stage_all(part, sources, away, folder)
            (part / "saved").write_text(before.name if before else "", "utf-8")
        except OSError as error:
            raise KitError(
                f"{folder} cannot be written ({error.strerror or error}), so nothing was changed: "
                "mend that and try again."
            ) from error
        with signals_held():  # what is decided is brought to its end
            (part / "token").write_text(_note(folder, state), "utf-8")
            part.rename(folder / SWAP)
            late = _finish(folder, texts, state, now, lock)
            done()
    return late


def settle(folder: Path, texts: known.Texts, state: Path, now: datetime, lock: int) -> Saved | None:
    """Do the rest of a swap that was cut off; returns what had to be saved for it."""
    if not unsettled(folder, state):
        return None
    with signals_held():
        return _finish(folder, texts, state, now, lock)


def unsettled(folder: Path, state: Path) -> bool:
    """Whether a swap of this kit was cut off. What a candidate may have put there is none."""
    try:
        return (folder / SWAP / "token").read_text("utf-8") == _token_file(folder, state).read_text("utf-8")
    except (OSError, ValueError):
        return False


def _note(folder: Path, state: Path) -> str:
    """A word that only this kit knows, so that nobody else's .kit-swap is ever carried out."""
    token, file = secrets.token_hex(16), _token_file(folder, state)
    with contextlib.suppress(OSError):  # then only a stop of the whole machine leaves it undone
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(token, "utf-8")
    return token


def _token_file(folder: Path, state: Path) -> Path:
    return state / "swaps" / known.key(folder)


def _needed(path: str, sources: Sources, folder: Path) -> bool:
    """Whether something that is to go is a folder of what comes, or the same file where case is no matter."""
    same = (new for new in sources if new != path and new.casefold() == path.casefold())
    return any(new.startswith(f"{path}/") for new in sources) or any(
        (folder / new).exists() and (folder / new).samefile(folder / path) for new in same
    )


def _expect_renames(folder: Path, path: str) -> None:
    """Raise KitError where a file cannot be put in its place, before anything is changed."""
    place = next(parent for parent in (folder / path).parents if parent.is_dir() or parent == folder)
    if not os.access(place, os.W_OK | os.X_OK):
        raise KitError(f"{place} cannot be written, so nothing was changed: make it writable, try again.")
    if place.stat().st_dev != folder.stat().st_dev:
        raise KitError(f"{place} is a disk of its own, so nothing was changed: unmount it and try again.")


def clear(folder: Path) -> None:
    """Remove what a killed kit had staged, or had not cleared away."""
    for part in folder.glob(f"{PART}*"):
        if part.is_dir() and not part.is_symlink():
            shutil.rmtree(part, ignore_errors=True)


def _move_aside(folder: Path) -> None:
    """Rename what looks like a swap and is none of this kit's."""
    if os.path.lexists(folder / SWAP):
        names = (folder / f"{SWAP}-{nth}" for nth in itertools.count(1))
        (folder / SWAP).rename(next(name for name in names if not os.path.lexists(name)))


def _stage_all(part: Path, sources: Sources, away: list[str], folder: Path) -> None:
    for path, source in sources.items():
        _stage(source, part / "new" / path, folder / path, folder)
    for path in (*sources, *away):
        (part / "old" / path).parent.mkdir(parents=True, exist_ok=True)  # while there is room
    (part / "gone").write_text("\0".join(away), "utf-8", "surrogateescape")


def _stage(source: bytes | Path, target: Path, place: Path, folder: Path) -> None:
    """Lay a file out as it will be, with the owner that its place has."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(source, Path):
        saved.copy(source, target)
    else:
        with target.open("wb") as file:
            file.write(source)
            file.flush()
            os.fsync(file.fileno())
    like = place if place.is_file() and not place.is_symlink() else folder
    owner = like.stat()
    if like is place and not isinstance(source, Path):
        target.chmod(owner.st_mode & 0o777)
    if (owner.st_uid, owner.st_gid) != (os.geteuid(), os.getegid()):
        with contextlib.suppress(PermissionError):
            os.chown(target, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _finish(folder: Path, texts: known.Texts, state: Path, now: datetime, lock: int) -> Saved | None:
    _put_in_place(folder, lock)
    left = folder / SWAP
    late = _late(left, texts, state)
    kept = saved.save(folder, late, state, now, source=left / "old") if late else None
    cleared = folder / f"{PART}done"  # half of it would look like a swap that was cut off
    left.rename(cleared)
    shutil.rmtree(cleared, ignore_errors=True)
    with contextlib.suppress(OSError):
        _token_file(folder, state).unlink()
    return kept


def _put_in_place(folder: Path, lock: int) -> None:
    """Have it done by a process that outlives this one. Raises KitError where it stops half way."""
    command = [sys.executable, "-I", "-S", str(FINISH), str(folder.resolve() / SWAP)]
    ran = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=FINISH_SECONDS,
        start_new_session=True,
        pass_fds=[lock],  # so that nobody reads the folder half way, also when the kit is killed
        check=False,
    )
    if ran.returncode:
        why = ran.stderr.strip().splitlines()[-1:] or ["killed"]
        raise KitError(
            f"The swap of {folder} stopped half way ({why[0]}); mend that and run the command again: "
            "it does the rest, and nothing is lost."
        )


def _late(left: Path, texts: known.Texts, state: Path) -> list[str]:
    """What was replaced and is neither of the exercise nor saved: an editor wrote it meanwhile."""
    name = (left / "saved").read_text("utf-8")
    before = state / "saved" / name / "files" if name else None
    return [
        path
        for path in saved.below(left / "old")
        if not _safe(left / "old" / path, texts.get(path, set()), before and before / path)
    ]


def _safe(path: Path, texts: set[bytes], copy: Path | None) -> bool:
    if path.is_symlink():
        return bool(copy and copy.is_symlink() and os.readlink(copy) == os.readlink(path))
    if not path.is_file():
        return True  # a socket or a pipe: nobody's work
    if known.content(path) in texts:
        return True
    return bool(copy and copy.is_file() and copy.read_bytes() == path.read_bytes())
