"""What a check is made of, and the words in which it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from graders.client import Answer, Request
from graders.failure import Failure, shown
from graders.mismatch import told
from graders.model import Bug, Evidence, Kind
from graders.service import Service
from graders.trial import Trial

Run = Callable[[Trial], Iterator[float] | None]
"""Looks at one thing and raises Failure or Unknown. What it yields are seconds to be called again after."""


@dataclass(frozen=True)
class Check:
    """One yes/no observation; `line` is what it promises when it passes.

    Where the check named in `needs` did not pass, this one is not tried. `since` is the version of the rules
    in which it last changed what it asks: an older report's outcome of it is not today's.
    """

    id: str
    kind: Kind
    line: str
    run: Run
    weight: int = 1
    needs: str = ""
    since: int = 1


def now_right(id: str, line: str, run: Run, weight: int = 1, needs: str = "", since: int = 1) -> Check:
    """A check that the bug is gone: the broken variant fails it."""
    return Check(id, Kind.NOW_RIGHT, line, run, weight, needs, since)


def still_right(id: str, line: str, run: Run, needs: str = "", since: int = 1) -> Check:
    """A check that nothing else broke: the broken variant passes it."""
    return Check(id, Kind.STILL_RIGHT, line, run, needs=needs, since=since)


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

    `modules` are the files of the exercise, beside main.py, whose behaviour any of this looks at; `traced` is
    the request whose SQL statements a report shows. What `waits` for long is begun first: the rest fills the
    wait.
    """

    bug: Bug
    modules: tuple[str, ...]
    checks: tuple[Check, ...]
    timed: Timed | None
    evidence: Callable[[Trial], Evidence]
    traced: Callable[[Trial], Request] | None = None
    waits: bool = False


def expect(actual: Any, expected: Any, what: str, help: str = "", asked: str = "") -> None:
    """Raise Failure unless `actual` holds all of `expected`; more keys in an object are no matter.

    `what` names what is compared. `help` goes before what the values themselves tell.
    """
    if found := told(actual, expected, what):
        raise Failure(
            found.reason,
            asked=asked,
            expected=shown(found.expected),
            actual=shown(found.actual),
            help=help or found.help,
        )


def expect_status(trial: Trial, request: Request | str, status: int, help: str = "") -> None:
    """Ask, and raise Failure unless the answer has this status."""
    asked = Request(request) if isinstance(request, str) else request
    trial.expect_status(asked, trial.ask(asked), status, help)


def moment(value: Any, what: str, asked: str = "") -> datetime:
    """A time of an answer as naive UTC; with or without an offset is the same. Raises Failure."""
    try:
        read = datetime.fromisoformat(value)
        return read.astimezone(timezone.utc).replace(tzinfo=None) if read.tzinfo else read
    except (TypeError, ValueError, OverflowError):
        raise Failure(
            f"{what} is no time", asked=asked, expected="an ISO 8601 time", actual=shown(value)
        ) from None
