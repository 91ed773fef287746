"""A workspace's database, made and filled by its own scripts."""

from __future__ import annotations

import contextlib
import itertools
import subprocess
import sys
from pathlib import Path

from graders.errors import KitError
from graders.process import DATABASE, last_words

SCRIPT_SECONDS = 120


def populate(folder: Path, seed: int | None, environment: dict[str, str]) -> str:
    """Make and fill the database; says what there is now.

    Without a seed, one that is there is left alone; with one, it is put aside. The new one gets its
    name once it is filled, so that an end on the way leaves none that is half empty.
    """
    database, part = folder / DATABASE, folder / f".{DATABASE}.part"
    if database.exists() and seed is None:
        return f"{DATABASE} is there already"
    part.unlink(missing_ok=True)
    environment = {**environment, "DATABASE_URL": f"sqlite:///./{part.name}"}  # a whole path may hold a `?`
    try:
        _run(folder, environment, "init_db.py")
        said = _run(folder, environment, "populate_db.py", *([] if seed is None else ["--seed", str(seed)]))
        spare = _put_aside(database) if database.exists() and part.exists() else None
        if part.exists():
            part.rename(database)
    finally:
        part.unlink(missing_ok=True)
    return said if spare is None else f"{said}; the one before is now {spare.name}"


def _put_aside(database: Path) -> Path:
    names = (database.with_name(f"{DATABASE}.before-{nth}") for nth in itertools.count(1))
    spare = next(path for path in names if not path.exists())
    for end in ("-wal", "-shm", "-journal"):  # they belong to it, and would spoil the new one
        with contextlib.suppress(FileNotFoundError):
            database.with_name(database.name + end).rename(f"{spare}{end}")
    database.rename(spare)
    return spare


def _run(folder: Path, environment: dict[str, str], script: str, *arguments: str) -> str:
    try:
        done = subprocess.run(
            [sys.executable, "-B", script, *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=SCRIPT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise KitError(f"{script} in {folder} did not end within {SCRIPT_SECONDS} s.") from None
    if done.returncode:
        raise KitError(f"{script} failed in {folder}: {last_words(done.stderr, folder)}")
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else f"{DATABASE} made"
