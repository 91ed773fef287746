"""A report as Gradescope's results.json; pure.

Format: https://gradescope-autograders.readthedocs.io/en/latest/specs/. A bug is a test with points,
numbered 1, 2, ...; its checks follow as 1.1, 1.2, ... without a score, so that the points of the tests add
up to the total. The total stands on its own too, since it overrides the sum, and both are the same number.

Where something could not be told, the points are those that are certain, the row is neither `passed` nor
`failed`, and the first line of its output and of the total's says the range: Gradescope takes one number, a
reader must not take it for the grade, and an instructor can raise it by hand. Tests are shown after the
grades are published, for what they say helps to find the answers. Text is sent as `text`, which Gradescope
escapes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

from graders.model import Outcome, Verdict
from graders.report import plain
from graders.report.clean import clean
from graders.report.schema import BugReport, Check, Report

SHOWN = "after_published"
"""When students see the tests; `visible` is at once, other words are in the format's description."""

Row = dict[str, Any]


def render(report: Report, submitted_at: datetime | None = None, visibility: str = SHOWN) -> str:
    """The whole file; `submitted_at` is when the work was handed in, where that is known."""
    rows = [row for number, bug in enumerate(report.bugs, 1) for row in _rows(bug, number)]
    result = {
        "score": round(sum(row.get("score", 0) for row in rows), 1),
        "execution_time": round(report.seconds),
        "output": "\n".join(_output(report)),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": visibility,
        "stdout_visibility": "hidden",
        "extra_data": {"kit": _kit(report, submitted_at)},
        "tests": rows,
        "leaderboard": [
            {"name": "points", "value": plain.low(report)},
            {"name": "share of the possible speed-up", "value": round(_share(report), 3)},
        ],
    }
    return f"{json.dumps(result, indent=2)}\n"


def _output(report: Report) -> Iterator[str]:
    yield plain.headline(report)
    if plain.is_open(report):
        yield "This could not all be told: the score is what is certain, and may be too low. Grade again."
    if trouble := plain.trouble(report.submission):
        yield trouble
    if regraded := plain.regraded(report):
        yield regraded
    yield plain.provenance(report)


def _rows(bug: BugReport, number: int) -> Iterator[Row]:
    row: Row = {
        "name": bug.slug,
        "number": str(number),
        "score": plain.low(bug),
        "max_score": bug.points,
        "output": "\n".join(plain.summary(bug)),
        "tags": [bug.slug],
    }
    if bug.verdict is not Verdict.INCONCLUSIVE and not plain.is_open(bug):
        row["status"] = "passed" if bug.verdict is Verdict.FIXED else "failed"
    yield row
    for nth, check in enumerate(bug.checks, 1):
        yield _check(check, f"{number}.{nth}", bug.slug)


def _check(check: Check, number: str, slug: str) -> Row:
    row: Row = {
        "name": f"{slug}: {plain.promise(check)}",
        "number": number,
        "output": "\n".join(plain.explained(check)),
        "tags": [slug, check.kind.value],
    }
    if check.outcome is not Outcome.UNKNOWN and not plain.untried(check):
        row["status"] = check.outcome.value
    return row


def _share(report: Report) -> float:
    """The mean over all bugs: nothing for one that is not right, all for one that is and is not timed."""
    shares = [bug.speed.share if bug.speed else float(bug.verdict is Verdict.FIXED) for bug in report.bugs]
    return sum(shares) / len(shares)


def _kit(report: Report, submitted_at: datetime | None) -> Row:
    return {
        "schema": report.schema_,
        "version": clean(report.kit.version),
        "exercise": clean(report.kit.exercise),
        "rules": report.kit.rules,
        "seed": report.seed,
        "sha256": clean(report.submission.sha256),
        "started_at": clean(report.started_at),
        "submitted_at": submitted_at.astimezone(timezone.utc).isoformat() if submitted_at else None,
        "score_low": plain.low(report),
        "score_high": plain.high(report),
    }
