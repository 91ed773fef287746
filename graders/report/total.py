"""The sums over all rows of a report; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from graders import score
from graders.model import Verdict
from graders.report.schema import BugReport


class Total(TypedDict):
    """Points to a tenth; `score_low` and `score_high` differ where something could not be told."""

    score: float
    score_low: float
    score_high: float
    points: int
    verdict: Verdict


def total(bugs: Sequence[BugReport]) -> Total:
    """Of at least one row. A row of an older report, without a range, counts as its score."""
    return Total(
        score=round(sum(bug.score for bug in bugs), 1),
        score_low=round(sum(_or(bug.score_low, bug.score) for bug in bugs), 1),
        score_high=round(sum(_or(bug.score_high, bug.score) for bug in bugs), 1),
        points=sum(bug.points for bug in bugs),
        verdict=score.overall([bug.verdict for bug in bugs]),
    )


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value
