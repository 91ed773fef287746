"""Rough hands on the keyboard: each command is ended at any moment, by Ctrl-C, SIGTERM or SIGKILL."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import sqlite3
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from signal import SIGHUP, SIGINT, SIGKILL, SIGTERM

import pytest
from conftest import TREE, free_port, until
from desks import BROKEN, CHANGES, EDITED, MAKES, MINE, Desk, running, together

from graders.digest import digest
from graders.submission import encoded

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")

STRUCK = TREE / "tests" / "struck.py"
SERVES = "start --seed 1 --port PORT ada"
GRADES = "grade ada --only missing-model"
MOMENTS = {
    **dict.fromkeys(CHANGES, (3, 75)),
    **dict.fromkeys(MAKES, (15,)),
    GRADES: (30,),
    "watch ada": (3,),
    SERVES: (4,),
    "demo": (40,),
    "doctor": (6,),
}
"""When to strike, counted in files written and processes started."""
SLOWLY = {
    **{words: range(1, 140, 7) for words in CHANGES},
    **{words: (2, *range(1, 140, 17)) for words in MAKES},
    GRADES: (1, *range(4, 130, 18)),
    SERVES: (1, 7),
}
"""The same, moment by moment."""


def at_each(moments: Sequence[int], below: Path, strike: Callable[[Desk, int], None]) -> None:
    """Strike at each moment, each time on another desk."""
    together(lambda home, moment: strike(Desk(home), moment), below, moments)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


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


@pytest.mark.parametrize(
    ("words", "moment"), [(words, moment) for words, moments in MOMENTS.items() for moment in moments]
)
def test_a_command_that_is_ended_leaves_all_or_nothing(desk: Desk, words: str, moment: int) -> None:
    ended(desk, words, moment)


@pytest.mark.slow
@pytest.mark.parametrize("words", SLOWLY)
def test_a_command_that_is_ended_at_any_moment_leaves_all_or_nothing(tmp_path: Path, words: str) -> None:
    at_each(SLOWLY[words], tmp_path, lambda desk, moment: ended(desk, words, moment))


def ended(desk: Desk, words: str, moment: int) -> None:
    """End a command: all is whole, and nothing of it is left."""
    number = (SIGINT, SIGTERM, SIGHUP)[moment % 3]
    code, said = strike(desk, number, "changes", moment, words)
    if code in (0, 1):
        assert int((desk.home / "count").read_text()) < moment
    else:
        assert code == 128 + number, said
        assert said.endswith("kit: stopped\n")
    assert "Traceback" not in said
    assert whole(desk, words)
    assert not desk.left()


BEGINS = ("list", *CHANGES, "branches new", GRADES)


@pytest.mark.parametrize("words", BEGINS)
def test_a_command_that_is_ended_while_it_begins_has_done_nothing(desk: Desk, words: str) -> None:
    ended_early(desk, words, 1000)


@pytest.mark.slow
@pytest.mark.parametrize("words", BEGINS)
def test_a_command_that_is_ended_at_any_moment_of_its_beginning_has_done_nothing(
    tmp_path: Path, words: str
) -> None:
    at_each((2, 50, 300, 2000, 3000), tmp_path, lambda desk, moment: ended_early(desk, words, moment))


def ended_early(desk: Desk, words: str, moment: int) -> None:
    """End a command before it has done anything."""
    before = desk.seen()
    number = (SIGINT, SIGTERM)[moment // 10 % 2]
    code, said = strike(desk, number, "all", moment, words)
    assert code == 128 + number, said
    assert said in ("", "kit: stopped\n")
    assert desk.seen() == before
    assert not desk.left()


@pytest.mark.parametrize(
    ("what", "moment"), [("subprocess.Popen", 3), pytest.param("os.rmdir", 3, marks=pytest.mark.slow)]
)
def test_a_grade_that_is_ended_while_it_boots_or_clears_away_leaves_nothing(
    desk: Desk, what: str, moment: int
) -> None:
    code, said = strike(desk, SIGTERM, what, moment, GRADES)
    assert (code, said) == (143, "kit: stopped\n")
    assert not desk.left()


@pytest.mark.parametrize(
    ("words", "number"),
    [
        (SERVES, SIGINT),
        ("branches new", SIGTERM),
        pytest.param(SERVES, SIGTERM, marks=pytest.mark.slow),
        pytest.param("branches new", SIGINT, marks=pytest.mark.slow),
    ],
)
def test_a_command_that_is_ended_while_another_program_works_for_it(
    desk: Desk, words: str, number: int
) -> None:
    """Ctrl-C reaches both, SIGTERM the kit alone."""
    git = desk.home / "bin" / "git"
    git.parent.mkdir()
    git.write_text("#!/bin/sh\nexec sleep 60\n")
    git.chmod(0o755)
    path = f"{git.parent}:/usr/bin:/bin"
    with desk.started(words.replace("PORT", str(free_port())), PATH=path) as kit:
        assert until(
            lambda: any(re.search(b"populate_db.py|sleep", text) for text in running(desk.home).values())
        )
        (os.killpg if number == SIGINT else os.kill)(kit.pid, number)
        said = "".join(kit.communicate(timeout=20))
    assert kit.returncode == 128 + number, said
    assert "Traceback" not in said
    assert whole(desk, words)
    assert not desk.left()


KILLED = random.Random(16)
"""Draws moments, the same ones each time."""


def killed(desk: Desk, words: str, moment: int, what: str = "changes") -> None:
    """Run a command that is killed; a swap that was begun in earnest goes on."""
    code, said = strike(desk, SIGKILL, what, moment, words)
    assert code in (-SIGKILL, 0), said
    assert until(lambda: not running(desk.home))


@pytest.mark.parametrize(("words", "moment"), [(words, KILLED.randrange(1, 125)) for words in CHANGES])
def test_a_command_that_is_killed_leaves_all_or_nothing(desk: Desk, words: str, moment: int) -> None:
    killed_and_looked_at(desk, words, moment)


@pytest.mark.slow
@pytest.mark.parametrize("words", [*CHANGES, *MAKES])
def test_a_command_that_is_killed_at_any_moment_leaves_all_or_nothing(tmp_path: Path, words: str) -> None:
    moments = {*SLOWLY[words], *KILLED.sample(range(1, 125), 2)}
    at_each(sorted(moments), tmp_path, lambda desk, moment: killed_and_looked_at(desk, words, moment))


def killed_and_looked_at(desk: Desk, words: str, moment: int) -> None:
    """Kill a command: all is whole, and the next one says so."""
    killed(desk, words, moment)
    assert whole(desk, words)
    status = desk("status ada")
    assert (status.returncode, status.stderr) == (0, "")
    assert desk.name in status.stdout
    assert whole(desk, words)


SWAP = "start --no-serve --fixed ada"
DECIDED = [("subprocess.Popen", 1), ("os.remove", 9)]
"""Moments at which all is staged, and at which a swap is done but for clearing away."""


@pytest.mark.parametrize(("what", "moment"), DECIDED)
def test_a_change_that_is_decided_is_brought_to_its_end(desk: Desk, what: str, moment: int) -> None:
    code, said = strike(desk, SIGINT, what, moment, SWAP)
    assert code == 130
    assert re.fullmatch(r"edits saved; bring them back with: kit restore \S+\nkit: stopped\n", said), said
    assert desk.files() == CHANGES[SWAP]
    assert desk.keeps(MINE)
    assert not desk.left()


@pytest.mark.parametrize("following", ["start --no-serve ada", pytest.param(GRADES, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("what", "moment"), DECIDED)
def test_after_a_kill_the_next_command_does_the_rest(
    desk: Desk, what: str, moment: int, following: str
) -> None:
    killed(desk, SWAP, moment, what)
    done = desk(following)
    assert done.returncode in (0, 1), done.stderr
    assert desk.files() == CHANGES[SWAP]
    assert desk.keeps(MINE)
    left = [path.name for path in (desk.here / "ada").glob(".kit-*")]
    assert not left if following != GRADES else ".kit-swap" not in left


def test_what_a_kill_leaves_is_cleared_away_by_the_next_change(desk: Desk) -> None:
    killed(desk, SWAP, 2, "os.rename")
    assert desk("start --no-serve ada").returncode == 0
    assert not list((desk.here / "ada").glob(".kit-*"))


@pytest.mark.slow
def test_what_status_says_after_a_kill_is_what_is_graded(desk: Desk) -> None:
    killed(desk, SWAP, 1, "subprocess.Popen")
    assert desk("status ada").returncode == 0
    seen = desk.files()
    graded = json.loads(desk(f"{GRADES} --json").stdout)
    assert graded["submission"]["sha256"] == digest(encoded(seen))
