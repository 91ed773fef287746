"""One whole report out of an older one and one of some of its bugs; pure."""

from __future__ import annotations

from graders.model import NOT_STARTED, SLUGS, Kind, Outcome, Verdict
from graders.report.schema import BugReport, Check, Report
from graders.report.total import total

TIMED = "timed"
"""The check that the timing makes on its way; a service that does not start is never timed."""


def merged(previous: Report | None, new: Report) -> Report:
    """The new report, with the rows of bugs that it lacks as they were; all scores summed up anew.

    Where the service does not start any more, those rows say so too.
    """
    rows = {bug.slug: bug for bug in previous.bugs} if previous else {}
    if not new.submission.boots:
        rows = {slug: _not_started(bug, new.submission.note) for slug, bug in rows.items()}
    rows |= {bug.slug: bug for bug in new.bugs}
    bugs = sorted(rows.values(), key=lambda bug: SLUGS.index(bug.slug))
    return new.model_copy(update={"bugs": bugs, **total(bugs)})


def _not_started(bug: BugReport, trouble: str) -> BugReport:
    checks = [_untried(check, trouble) for check in bug.checks if check.id != TIMED]
    return BugReport(
        slug=bug.slug,
        title=bug.title,
        points=bug.points,
        score=0.0,
        score_low=0.0,
        score_high=0.0,
        verdict=Verdict.NOT_FIXED,
        correctness=0.0,
        speed=None,
        checks=checks,
        evidence={},
    )


def _untried(check: Check, trouble: str) -> Check:
    outcome = Outcome.FAILED if check.kind is Kind.NOW_RIGHT else Outcome.UNKNOWN
    why = {"reason": NOT_STARTED, "asked": "", "expected": "", "actual": trouble, "help": ""}
    return check.model_copy(update={"outcome": outcome, **why})
