"""A report as Classroom 50's result.json, `classroom50/result/v1`; pure.

Format: https://github.com/foundation50/classroom50/wiki/Advanced-Autograding. One test is one bug, the unit
in which points are given.

Scores are integers there, and a grade here has tenths. So the total is rounded up, never down: it is less
than one point above what was earned, and nobody loses a part of a point by being exported. The tests must
add up to the total: each is rounded down, and the points that are then missing go to the largest parts that
were cut off. A whole number thus stays as it is, no test goes above its maximum, and each is less than one
point off. What was cut off is not hidden: the exact figures are in each test's `kit_evidence`, a field that
is kept as it is.

Where something could not be told, the points are those that are certain, `passed` is false since it must be
one of the two, and `kit_evidence` holds the range and the reason. The exit code of `kit grade` is then 3,
which an autograder passes on as an error of the infrastructure.

`datetime` is when the work was handed in and never moves, so that lateness stays what it was when it is
graded again.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from graders.model import Outcome, Verdict
from graders.report import plain
from graders.report.clean import clean
from graders.report.schema import BugReport, Report

SCHEMA = "classroom50/result/v1"


@dataclass(frozen=True)
class Assignment:
    """Whose work it is and where, as Classroom 50 tells an autograder; `owner` and `kind` may be empty."""

    classroom: str
    assignment: str
    submission: str
    commit: str
    release: str
    review: str
    owner: str = ""
    kind: str = ""


def render(report: Report, assignment: Assignment, submitted_at: datetime | None = None) -> str:
    """The whole file; without `submitted_at` the work was handed in when it was first graded."""
    scores = whole([plain.low(bug) for bug in report.bugs])
    result = {
        "schema": SCHEMA,
        "classroom": assignment.classroom,
        "assignment": assignment.assignment,
        **({"assignment_type": assignment.kind} if assignment.kind else {}),
        **({"owner": assignment.owner} if assignment.owner else {}),
        "submission": assignment.submission,
        "commit": assignment.commit,
        "release": assignment.release,
        "review": assignment.review,
        "datetime": _utc(submitted_at or datetime.fromisoformat(report.started_at)),
        **({"graded_at": _utc(datetime.fromisoformat(report.regraded.at))} if report.regraded else {}),
        "score": sum(scores),
        "max-score": report.points,
        "tests": [_test(bug, score) for bug, score in zip(report.bugs, scores, strict=True)],
    }
    return f"{json.dumps(result, indent=2)}\n"


def whole(scores: Sequence[float]) -> list[int]:
    """Integers for scores in tenths of a point: the sum is rounded up, each is less than one off."""
    tenths = [round(10 * score) for score in scores]
    down = [tenth // 10 for tenth in tenths]
    missing = math.ceil(sum(tenths) / 10) - sum(down)
    cut_off = sorted(range(len(tenths)), key=lambda nth: -(tenths[nth] % 10))
    return [score + (nth in cut_off[:missing]) for nth, score in enumerate(down)]


def _test(bug: BugReport, score: int) -> dict[str, Any]:
    return {
        "test-name": bug.slug,
        "passed": bug.verdict is Verdict.FIXED,
        "score": score,
        "max-score": bug.points,
        "output": "\n".join(plain.summary(bug)),
        "kit_evidence": {
            "verdict": bug.verdict.value,
            "score_low": plain.low(bug),
            "score_high": plain.high(bug),
            "correctness": bug.correctness,
            "share": bug.speed.share if bug.speed else None,
            "failed": [clean(check.id) for check in bug.checks if check.outcome is Outcome.FAILED],
        },
    }


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
