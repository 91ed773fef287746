"""Rough hands that kill: a command gets a SIGKILL at any moment; what was decided is brought to its end."""

from __future__ import annotations

import json
import random
import re
import sys
from pathlib import Path
from signal import SIGINT, SIGKILL

import pytest
import strikes
from conftest import until
from desks import CHANGES, MAKES, MINE, Desk, running
from strikes import GRADES, SLOWLY, at_each, strike, whole

from graders.digest import digest
from graders.submission import encoded

desk = pytest.fixture(strikes.desk)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")

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
