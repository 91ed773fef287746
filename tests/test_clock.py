"""graders/clock.py: a clock that is set is told from a machine that is slow."""

from __future__ import annotations

import pytest
from conftest import TREE, Lay

from graders import clock, grading
from graders.clock import Steadiness
from graders.errors import ClockMoved, NotJudged


class Machine:
    """Two clocks that go on by `halt` seconds whenever one of them is read; the wall clock can be set."""

    def __init__(self, halt: float = 0.0) -> None:
        self.halt = halt
        self.elapsed = 40.0
        self.ahead = 1_700_000_000.0

    def wall(self) -> float:
        self.elapsed += self.halt
        return self.elapsed + self.ahead

    def steady(self) -> float:
        self.elapsed += self.halt
        return self.elapsed


@pytest.mark.parametrize(("seconds", "said"), [(3600.0, "3600.0"), (-3600.0, "3600.0"), (0.75, "0.8")])
def test_a_clock_that_was_set_is_told(seconds: float, said: str) -> None:
    machine = Machine()
    steadiness = Steadiness(machine.wall, machine.steady)
    machine.ahead += seconds
    with pytest.raises(ClockMoved, match=rf"moved by {said} s during the grade: grade again\."):
        steadiness.expect()


def test_a_clock_that_goes_on_or_is_trimmed_was_not_set() -> None:
    machine = Machine()
    steadiness = Steadiness(machine.wall, machine.steady)
    machine.elapsed += 90
    machine.ahead -= 0.25
    steadiness.expect()


def test_a_machine_that_halts_between_two_readings_is_no_clock_that_was_set() -> None:
    machine = Machine()
    steadiness = Steadiness(machine.wall, machine.steady)
    machine.halt = 2.0
    steadiness.expect()
    machine.ahead += 10
    with pytest.raises(ClockMoved):
        steadiness.expect()


def test_a_clock_set_during_a_grade_leaves_it_unjudged(lay: Lay) -> None:
    moved = [0.0]

    def progress(doing: str) -> None:
        if doing == "missing-model: checks":
            moved.append(-7200.0)

    order = grading.Order(TREE, "test", ("missing-model",), 7)
    with pytest.raises(NotJudged, match=r"moved by 7200\.\d s"):
        grading.grade(lay(), order, progress, lambda: clock.wall_time() + sum(moved))
