"""Is this machine quick and quiet enough? The fixed exercise is graded here, as a submission will be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from doctor import mend
from doctor.finding import Finding, failure, ok, warning
from doctor.interview import Interview, Means, Progress
from graders import variant
from graders.errors import KitError, NotJudged
from graders.model import SLUGS
from graders.scratch import scratch

if TYPE_CHECKING:
    from graders.report.schema import Report

PACKAGES = ("fastapi", "pydantic", "sqlalchemy", "uvicorn")
NOISE = 0.25
SLOW_MS = 100
"""For a page of 1000 products; it takes a fifth of that where the load test has five times the time."""
ANOTHER_SECONDS = 5.0
"""Where a grade was quicker than that, there is time for a second one."""


def probe(interview: Interview, means: Means, progress: Progress) -> Iterator[Finding]:
    """Grade it once, or twice within ten seconds."""
    start = means.monotonic()
    try:
        with scratch(interview.temporary) as home:
            folder = home / "shop"
            variant.write(variant.files(interview.tree, SLUGS), folder)
            reports = [means.grade(folder, interview, progress)]
            if means.monotonic() - start < ANOTHER_SECONDS:
                reports.append(means.grade(folder, interview, progress))
    except NotJudged as error:
        yield warning("exercise", str(error), "kit doctor")
    except KitError as error:
        again = mend.pip_install(interview, "--force-reinstall", *PACKAGES)
        yield failure("exercise", str(error), again)
    else:
        yield _right(reports)
        yield from _quick(reports, interview)


def _right(reports: list[Report]) -> Finding:
    for report in reports:
        if report.verdict != "fixed" or report.score != report.points:
            return failure(
                "exercise",
                f"The fixed exercise gets {report.score:g} of {report.points}: {_shortcoming(report)}.",
                "kit demo",
            )
    report = reports[-1]
    return ok("exercise", f"the fixed one gets {report.score:g} of {report.points} in {report.seconds:.1f} s")


def _shortcoming(report: Report) -> str:
    """What is amiss in a report, in a few words."""
    if not report.submission.boots:
        return report.submission.note.rstrip(".")
    for bug in report.bugs:
        for check in bug.checks:
            if check.outcome == "failed":
                return f"{bug.slug}, {check.reason or check.line}".rstrip(".")
    bug = min(report.bugs, key=lambda bug: bug.score / bug.points)
    return f"{bug.slug} is {bug.verdict.value.replace('_', ' ')}"


def _quick(reports: list[Report], interview: Interview) -> Iterator[Finding]:
    noise = max((report.machine.noise or 0 for report in reports), default=0)
    milliseconds = max(_list_ms(report) for report in reports)
    told = f"the list takes {milliseconds:.0f} ms, noise {noise:.0%}"
    busiest = "top -o cpu" if interview.platform == "darwin" else "top -o %CPU"
    if noise > NOISE:
        yield warning(
            "speed", f"Something else keeps this machine busy: {told}. Find it, and end it.", busiest
        )
    elif milliseconds > SLOW_MS:
        yield warning("speed", f"This machine is slow: {told}, {SLOW_MS} ms would do.", busiest)
    else:
        yield ok("speed", told)


def _list_ms(report: Report) -> float:
    """How long the reference's page of 1000 products took."""
    with suppress(StopIteration):
        return next(bug.speed.reference_ms for bug in report.bugs if bug.slug == SLUGS[0] and bug.speed)
    return 0.0
