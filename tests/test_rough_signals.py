"""Rough hands on the keyboard: each command is ended at any moment, by Ctrl-C, SIGTERM or SIGHUP."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from signal import SIGHUP, SIGINT, SIGTERM

import pytest
import strikes
from conftest import free_port, until
from desks import CHANGES, MAKES, Desk, running
from strikes import GRADES, SERVES, SLOWLY, at_each, strike, whole

desk = pytest.fixture(strikes.desk)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")

MOMENTS = {
    **dict.fromkeys(CHANGES, (3, 75)),
    **dict.fromkeys(MAKES, (15,)),
    GRADES: (30,),
    "watch ada": (3,),
    SERVES: (4,),
    "demo": (40,),
    "doctor": (6,),
}
"""When to strike once or twice, counted in the same way."""


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
