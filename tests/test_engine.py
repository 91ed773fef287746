"""graders/engine.py: checks that wait, on a clock that the test turns."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from graders import engine
from graders.checks import Probe, now_right
from graders.model import Bug, Limits, Outcome
from graders.trial import Trial

WAIT = 0.3


class Clock:
    """Every sleep takes so many seconds more than it must, each time other ones."""

    def __init__(self, late: list[float]) -> None:
        self.now = 0.0
        self.late = iter(late)

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds + next(self.late, 0.0)


def steps_of(late: list[float], monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The steps that a check of three waits took, on a machine that is so late each time."""
    monkeypatch.setattr(engine, "time", Clock(late))
    taken: list[int] = []

    def waits(trial: Trial) -> Iterator[float]:
        for nth in range(3):
            taken.append(nth)
            yield WAIT
        taken.append(3)

    probe = Probe(
        Bug("slow", "Slow", "", 1), (), (now_right("waits", "it waits", waits),), None, lambda _: {}
    )
    trial = Mock(spec=Trial, submission=SimpleNamespace(starts=1), limits=Limits())
    (seen,) = engine.observe(trial, [probe], 1, lambda doing: None)
    assert [finding.outcome for finding in seen.findings] == [Outcome.PASSED]
    return taken


def test_a_check_goes_on_when_it_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    assert steps_of([0.4, 0.4, 0.4], monkeypatch) == [0, 1, 2, 3]


def test_a_check_that_is_late_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    assert steps_of([0.0, 0.6], monkeypatch) == [0, 1, 0, 1, 2, 3]


def test_a_check_that_is_always_late_ends_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    assert steps_of([9.0] * 50, monkeypatch) == [0, 0, 0, 0, 1, 2, 3]
