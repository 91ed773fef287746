"""graders/report/watched.py: what a watch shows."""

from __future__ import annotations

import pytest
from rich.console import Console
from test_merge import RIGHT, WRONG, observed, report

from graders import engine
from graders.bugs import BUGS
from graders.events import Event, Graded, Grading, Superseded, Trouble
from graders.model import SLUGS
from graders.report.watched import Board, after, line, render

FIRST = (Grading(SLUGS, ()), Graded(report(observed(WRONG, SLUGS))))
SECOND = (Grading(SLUGS[:1], ("app/catalog.py",)), Graded(report(observed(RIGHT, SLUGS[:1]))))


def board(*events: Event) -> Board:
    found = Board()
    for nth, event in enumerate(events):
        found = after(found, event, f"10:42:0{nth}")
    return found


def shown(one: Board, width: int = 80, color: bool = False) -> str:
    console = Console(width=width, force_terminal=color, color_system="standard" if color else None)
    with console.capture() as capture:
        console.print(render(one, width))
    return capture.get()


def test_at_first_there_is_only_what_is_graded() -> None:
    assert shown(board(FIRST[0])) == f"grading {', '.join(SLUGS)} ...\n"


def test_the_whole_table_stays_while_a_part_is_graded_again() -> None:
    lines = shown(board(*FIRST, *SECOND)).splitlines()
    assert any(row.split()[:2] == ["n-plus-one", "fixed"] for row in lines)
    assert any(row.split()[:3] == ["zero-pool", "not", "fixed"] for row in lines)
    assert any("30 of 100" in row for row in lines)
    assert lines[:3] == ["10:42:03 app/catalog.py: graded n-plus-one", "watching, Ctrl-C ends it", ""]


def test_only_rows_that_were_not_graded_again_are_dim() -> None:
    lines = shown(board(*FIRST, *SECOND), color=True).splitlines()
    dim = [slug for slug in SLUGS if any(row.startswith(f"\x1b[2m{slug}") for row in lines)]
    assert tuple(dim) == SLUGS[1:]


def test_what_goes_on_is_said_above_the_last_grade() -> None:
    first = shown(board(*FIRST, Grading(SLUGS[1:3], ("app/database.py",)))).splitlines()[:2]
    assert first == [f"10:42:01 graded {', '.join(SLUGS)}", "grading unstable-cache, zero-pool ..."]


def test_a_superseded_grade_is_not_going_on() -> None:
    assert "grading" not in shown(board(*FIRST, SECOND[0], Superseded(SLUGS[:1])))


def test_trouble_stands_beside_the_last_grade_until_the_next_begins() -> None:
    troubled = board(*FIRST, SECOND[0], Trouble("Install it.\x1b[2J"))
    assert "Not graded: Install it.\\x1b[2J\nwatching" in shown(troubled)
    assert "0 of 100" in shown(troubled)
    assert "Install" not in shown(after(troubled, SECOND[0], ""))


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    assert max(map(len, shown(board(*FIRST, *SECOND, FIRST[0]), width).splitlines())) <= width


def test_one_line_says_where_every_bug_stands() -> None:
    assert line(board(*FIRST), None) == (
        "10:42:01 0 of 100  n-plus-one not fixed 0, unstable-cache not fixed 0, "
        "zero-pool not fixed 0, missing-model not fixed 0"
    )


def test_one_line_says_a_score_that_is_open_as_a_range() -> None:
    whole = report(observed(RIGHT, SLUGS[:1]))
    low = {"score_low": 15.0, "score_high": 30.0}
    bug = whole.bugs[0].model_copy(update=low)
    made = Graded(whole.model_copy(update={**low, "bugs": [bug]}))
    assert line(Board(made.report, at="10:42:01"), None) == (
        "10:42:01 15 to 30 of 30  n-plus-one fixed 15 to 30"
    )


def test_one_line_says_what_changed_and_through_which_files() -> None:
    assert line(board(*FIRST, *SECOND), board(*FIRST).report) == (
        "10:42:03 30 of 100  app/catalog.py: n-plus-one fixed 30 (was not fixed 0), "
        "unstable-cache not fixed 0, zero-pool not fixed 0, missing-model not fixed 0"
    )


def test_one_line_names_two_files_and_counts_the_rest() -> None:
    many = (Grading(SLUGS, ("a.py", "b\n.py", "c.py", "d.py")), FIRST[1])
    assert line(board(*many), None).startswith("10:42:01 0 of 100  a.py, b .py and 2 more: n-plus-one")


def test_one_line_says_that_the_service_does_not_start() -> None:
    dead = Graded(report(engine.unbooted(BUGS[:1], "SyntaxError"), "SyntaxError"))
    stopped = board(*FIRST, SECOND[0], dead)
    assert line(stopped, board(*FIRST).report) == (
        "10:42:03 0 of 100  app/catalog.py: the service does not start: SyntaxError"
    )
