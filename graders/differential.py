"""Generated requests, asked of submission and reference alike; tells the smallest that differs."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from graders.checks import Check, expect
from graders.client import Answer, Request, Unanswered
from graders.dataset import Row
from graders.failure import Failure, after, asked_at_once, asked_of
from graders.grammar import Grammar
from graders.model import Kind
from graders.trial import Trial

LINE = "generated requests are answered as the fixed exercise answers them"
EXAMPLES = 24
DRAWING_SECONDS = 5.0
"""After which no more is drawn, where no difference was found."""
SHRINKING_SECONDS = 5.0
"""After which a difference is made no smaller."""
REFUSED = frozenset({404, 422})
"""How right services may refuse what is no product's id: an unknown product, or a bad parameter."""


class Write(NamedTuple):
    """A row that the clerks store on both sides; `told` says so, as `a view of product 7 stored`."""

    table: str
    row: Row
    told: str


class Ask(NamedTuple):
    """One request; where both answers have one of the statuses in `either`, they need not be the same."""

    request: Request
    either: frozenset[int] = frozenset()


class Example(NamedTuple):
    """What a drawn value means: what is asked at once, and again after rows were stored, if there are any."""

    writes: list[Write]
    asks: list[Ask]


@dataclass(frozen=True)
class Plan:
    """What is generated.

    `meaning` makes requests of a value that `grammar` draws. `compare` raises Failure where the submission's
    JSON is not right; it gets the submission's, then the reference's. `finish` looks at what is left behind
    when all was answered.
    """

    grammar: Grammar
    meaning: Callable[[Any], Example]
    compare: Callable[[Ask, Any, Any], None]
    finish: Callable[[], None] = lambda: None
    one_by_one: bool = False
    examples: int = EXAMPLES


def generated(run: Callable[[Trial], Iterator[float] | None], needs: str = "") -> Check:
    """The check of one bug; `run` ends in `explore`."""
    return Check("generated", Kind.STILL_RIGHT, LINE, run, needs=needs, since=2)


def explore(trial: Trial, plan: Plan) -> None:
    """Play examples until one differs, then smaller ones. Raises Failure for the smallest that differed.

    A difference that does not show again is told as it was first seen.
    """
    smallest: Failure | None = None
    deadline = math.inf
    with trial.drawer.draw(plan.grammar, _seed(trial), plan.examples) as drawing:
        for value in drawing:
            starts = trial.submission.starts
            deadline = min(deadline, time.monotonic() + DRAWING_SECONDS)  # from the first one on
            found = _difference(trial, plan, plan.meaning(value))
            if found and not smallest:
                deadline = time.monotonic() + SHRINKING_SECONDS
            smallest, drawing.differs = found or smallest, found is not None
            # What had to be booted again took long, and would again.
            if time.monotonic() > deadline or trial.submission.starts > starts or trial.submission.trouble:
                break
    if smallest:
        raise smallest


def _seed(trial: Trial) -> str:
    """From the ids, which follow from the grade's seed."""
    return hashlib.sha256(repr(trial.ids).encode()).hexdigest()


def _difference(trial: Trial, plan: Plan, example: Example) -> Failure | None:
    """What is wrong with the submission's answers to an example: before its rows are stored, and after."""
    try:
        _play(trial, plan, example.asks)
        if not example.writes:
            return None
        for write in example.writes:
            trial.add(write.table, write.row)
        first = asked_at_once([ask.request for ask in example.asks])
        with after(", then ".join([first, *(write.told for write in example.writes)])):
            _play(trial, plan, example.asks)
    except Failure as failure:
        return failure
    return None


def _play(trial: Trial, plan: Plan, asks: Sequence[Ask]) -> None:
    for together in [[ask] for ask in asks] if plan.one_by_one else [asks]:
        _compare(trial, plan, together)
    plan.finish()


def _compare(trial: Trial, plan: Plan, asks: Sequence[Ask]) -> None:
    """Raise Failure where one of the answers is not right."""
    for ask, (mine, theirs) in zip(asks, _answers(trial, asks), strict=True):
        if theirs.status >= 500:
            raise Unanswered(f"a {theirs.status} to {asked_of(ask.request)}")
        if not {mine.status, theirs.status} <= ask.either:
            trial.expect_status(ask.request, mine, theirs.status)
        if theirs.status < 400:
            plan.compare(ask, trial.json_of(ask.request, mine, theirs.status), theirs.json())


def _answers(trial: Trial, asks: Sequence[Ask]) -> list[tuple[Answer, Answer]]:
    """The submission's and the reference's, asked of both at once; Unanswered is the reference's."""
    requests, nths = [ask.request for ask in asks], range(len(asks))
    with trial.reference.burst(requests, 2 * trial.limits.answer) as theirs:
        with trial.open_burst(requests) as mine:
            given = [mine.read(nth) for nth in nths]
        return [(answer, theirs.read(nth)) for nth, answer in zip(nths, given, strict=True)]


def expect_same(ask: Ask, mine: Any, theirs: Any) -> None:
    """The body must hold all that the reference's does."""
    expect(mine, theirs, "the answer", asked=asked_of(ask.request))
