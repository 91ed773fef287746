"""Commands that get a signal on the way, and whether all is whole on the desk afterwards."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from conftest import TREE, free_port
from desks import BROKEN, CHANGES, EDITED, MAKES, MINE, Desk, together

STRUCK = TREE / "tests" / "struck.py"
SERVES = "start --seed 1 --port PORT ada"
GRADES = "grade ada --only missing-model"
SLOWLY = {
    **{words: range(1, 140, 7) for words in CHANGES},
    **{words: (2, *range(1, 140, 17)) for words in MAKES},
    GRADES: (1, *range(4, 130, 18)),
    SERVES: (1, 7),
}
"""When to strike, moment by moment, counted in files written and processes started."""


def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def at_each(moments: Sequence[int], below: Path, strike: Callable[[Desk, int], None]) -> None:
    """Strike at each moment, each time on another desk."""
    together(lambda home, moment: strike(Desk(home), moment), below, moments)


def strike(desk: Desk, number: int, what: str, moment: int, words: str) -> tuple[int, str]:
    """Run a command that gets a signal at a moment; its exit code and all it said."""
    runner = [str(STRUCK), str(int(number)), what, str(moment), str(desk.home / "count")]
    with desk.started(words.replace("PORT", str(free_port())), runner) as kit:
        said = "".join(kit.communicate(timeout=60))
    return kit.returncode, said


def whole(desk: Desk, words: str) -> bool:
    """Whether what a command makes is there wholly or not at all, and edits are kept."""
    old = {**BROKEN, EDITED: MINE}
    made = [path.parent for path in desk.here.glob("[!.]*/README.md")]
    return (
        desk.files() in (old, CHANGES.get(words, old))
        and desk.keeps(MINE)
        and all(set(BROKEN) <= set(below(folder)) for folder in made)
        and (desk.here / "empty" in made or not shown(desk.here / "empty"))
        and products(desk.here / "ada" / "shop.db") in (None, 1000)
    )


def below(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*")]


def shown(folder: Path) -> list[str]:
    return [path for path in below(folder) if not path.startswith(".kit-")]


def products(database: Path) -> int | None:
    """How many there are; None where there is no database."""
    if not database.exists():
        return None
    with contextlib.closing(sqlite3.connect(database)) as connection:
        count: int = connection.execute("SELECT count(*) FROM products").fetchone()[0]
        return count
