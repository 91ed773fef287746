"""Every command prints what its transcript says; scripts/transcripts writes them anew."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import transcripts

NAMES = sorted(path.stem for path in transcripts.HERE.glob("*.txt"))
SLOW = {"demo", "doctor", "grade", "start", "watch"}


@pytest.fixture
def program(tmp_path: Path) -> Path:
    return transcripts.program(tmp_path)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW)) for name in NAMES]
)
def test_a_transcript_is_what_its_commands_print(name: str, program: Path) -> None:
    pinned = (transcripts.HERE / f"{name}.txt").read_text("utf-8")
    played = transcripts.played(pinned, program)
    assert transcripts.alike(played, pinned), played


def test_every_command_has_one() -> None:
    helps = (transcripts.HERE / "kit.txt").read_text("utf-8")
    offered = [line.split()[0] for line in helps.split("Commands:\n")[1].splitlines() if line.startswith(" ")]
    assert sorted(offered) == sorted(set(NAMES) - {"kit"})


def test_no_line_is_wider_than_a_terminal() -> None:
    as_it_is = re.compile(r"[$+ -]|INFO|kit: |\d\d:\d\d:\d\d ")
    """What is typed, code, what a server logs, sentences that a terminal wraps, and lines of a log."""
    lines = [
        line for name in NAMES for line in (transcripts.HERE / f"{name}.txt").read_text("utf-8").splitlines()
    ]
    assert not [line for line in lines if len(line) > 80 and not as_it_is.match(line)]
