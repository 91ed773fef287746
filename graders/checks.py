"""What a check is made of, and the words in which it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from graders.client import Answer
from graders.model import Bug, Evidence, Kind
from graders.service import Service
from graders.trial import Failure, Trial, shown

CENT = 0.005 + 1e-6
"""Numbers this close are equal: half a cent, and a little for what floats add to it."""

Run = Callable[[Trial], Iterator[float] | None]
"""Looks at one thing and raises Failure or Unknown. What it yields are seconds to be called again after."""


@dataclass(frozen=True)
class Check:
    """One yes/no observation; `line` is what it promises when it passes.

    Where the check named in `needs` did not pass, this one is not tried.
    """

    id: str
    kind: Kind
    line: str
    run: Run
    weight: int = 1
    needs: str = ""


def now_right(id: str, line: str, run: Run, weight: int = 1, needs: str = "") -> Check:
    """A check that the bug is gone: the broken variant fails it."""
    return Check(id, Kind.NOW_RIGHT, line, run, weight, needs)


def still_right(id: str, line: str, run: Run) -> Check:
    """A check that nothing else broke: the broken variant passes it."""
    return Check(id, Kind.STILL_RIGHT, line, run)


@dataclass(frozen=True)
class Timed:
    """What is timed: the work, asked of a service at once, and that its answers were right.

    A sample is the seconds until the last answer; `expect_right` looks at the submission's, off the clock.
    """

    ask: Callable[[Trial, Service], list[Answer]]
    expect_right: Callable[[Trial, list[Answer]], None]


@dataclass(frozen=True)
class Probe:
    """How one bug is seen: its checks, what is timed, and evidence without points.

    `modules` are the files of the exercise, beside main.py, whose behaviour any of this looks at.
    """

    bug: Bug
    modules: tuple[str, ...]
    checks: tuple[Check, ...]
    timed: Timed | None
    evidence: Callable[[Trial], Evidence]


def expect(actual: Any, expected: Any, what: str, help: str = "") -> None:
    """Raise Failure unless `actual` holds all of `expected`; more keys in an object are no matter."""
    difference = first_difference(actual, expected)
    if difference:
        where, got, wanted = difference
        place = f"{where.strip('.')} is wrong in {what}" if where else f"{what} is wrong"
        raise Failure(place, expected=shown(wanted), actual=shown(got), help=help)


def first_difference(actual: Any, expected: Any, where: str = "") -> tuple[str, Any, Any] | None:
    """Where two JSON values first differ, with both; None where they mean the same."""
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            return where, actual, expected
        places = ((f"{where}.{key}", actual.get(key), value) for key, value in expected.items())
    elif isinstance(expected, list):
        if not isinstance(actual, list) or len(actual) != len(expected):
            return f"{where}.length", _length(actual), len(expected)
        places = ((f"{where}[{i}]", actual[i], value) for i, value in enumerate(expected))
    else:
        return None if _same(actual, expected) else (where, actual, expected)
    found = (first_difference(got, value, place) for place, got, value in places)
    return next((difference for difference in found if difference), None)


def _length(value: Any) -> Any:
    return len(value) if isinstance(value, list) else value


def _same(actual: Any, expected: Any) -> bool:
    if isinstance(expected, bool) or isinstance(actual, bool):
        return actual is expected
    if isinstance(expected, int | float):
        return isinstance(actual, int | float) and abs(actual - expected) <= CENT
    return bool(actual == expected)


def moment(value: Any, what: str) -> datetime:
    """A time of an answer as naive UTC; with or without an offset is the same. Raises Failure."""
    try:
        read = datetime.fromisoformat(value)
        return read.astimezone(timezone.utc).replace(tzinfo=None) if read.tzinfo else read
    except (TypeError, ValueError, OverflowError):
        raise Failure(f"{what} is no time", expected="an ISO 8601 time", actual=shown(value)) from None
