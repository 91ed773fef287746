"""What every export says of a report, in plain words that are safe to print; pure."""

from __future__ import annotations

from collections.abc import Iterator

from graders.model import NOT_STARTED, NOT_TRIED, NOTHING_YET, Kind, Outcome, Verdict
from graders.report.clean import clean
from graders.report.schema import BugReport, Check, Report, Submission

Scored = Report | BugReport


def verdict(one: Verdict) -> str:
    """A verdict as it is read."""
    return one.value.replace("_", " ")


def low(scored: Scored) -> float:
    """The points that are certain: the low end of a range, else the score."""
    return scored.score if scored.score_low is None else scored.score_low


def high(scored: Scored) -> float:
    """The points that are possible: the high end of a range, else the score."""
    return scored.score if scored.score_high is None else scored.score_high


def is_open(scored: Scored) -> bool:
    """Whether something could not be told, so that the score is a range."""
    return low(scored) < high(scored)


def score(scored: Scored) -> str:
    """`22.5 of 30`, or the range where something could not be told."""
    if is_open(scored):
        return f"between {low(scored):g} and {high(scored):g} of {scored.points}"
    return f"{low(scored):g} of {scored.points}"


def headline(report: Report) -> str:
    """Name, verdict and points."""
    return f"{clean(report.submission.name, 60)}: {verdict(report.verdict)}, {score(report)}"


def trouble(submission: Submission) -> str:
    """Why the service does not start, or what else is to be known first; else empty."""
    if not submission.boots:
        return f"The service does not start: {clean(submission.note)}"
    return f"Note: {clean(submission.note)}." if submission.note else ""


def right(bug: BugReport) -> str:
    """What part is right; that says nothing where something else broke."""
    return "-" if bug.verdict is Verdict.REGRESSED else f"{bug.correctness:.0%}"


def summary(bug: BugReport) -> Iterator[str]:
    """One bug in a few lines: what is right, how fast, what it looks like, what to do next."""
    yield f"{verdict(bug.verdict)}, {score(bug)}, right {right(bug)}"
    if bug.speed:
        took, best = f"{bug.speed.submission_ms:.0f} ms", f"{bug.speed.target_ms:.0f} ms"
        yield f"share of the possible speed-up {bug.speed.share:.0%}: {took}, full marks up to {best}"
    if bug.note:
        yield clean(bug.note)
    for mistake in bug.mistakes:
        yield f"This looks like {clean(mistake.name)}: {clean(mistake.reason)}"


def telling(bug: BugReport) -> list[Check]:
    """The checks that did not pass, without those that only repeat what another one says."""
    repeats = (NOTHING_YET, NOT_TRIED, NOT_STARTED)
    return [
        check
        for check in bug.checks
        if check.outcome is not Outcome.PASSED and not check.reason.startswith(repeats)
    ]


def promise(check: Check) -> str:
    """What a check asks for, and whether that was kept before."""
    broke = check.kind is Kind.STILL_RIGHT and check.outcome is Outcome.FAILED
    return f"{clean(check.line)}{' (this was right before)' if broke else ''}"


def explanation(check: Check) -> Iterator[tuple[str, str]]:
    """What was seen, as pairs of a word and a line; nothing where the check passed without remark."""
    for word in ("reason", "asked", "expected", "actual", "help"):
        if said := getattr(check, word):
            yield word, clean(said)


def explained(check: Check) -> list[str]:
    """The same as lines."""
    return [f"{word}: {said}" for word, said in explanation(check)]


def provenance(report: Report) -> str:
    """What is needed to grade the same again."""
    parts = (
        f"seed {report.seed}",
        f"kit {clean(report.kit.version)}",
        f"rules {report.kit.rules}",
        f"{report.seconds:.1f} s",
        f"{report.machine.cpus} cores",
        "" if report.machine.noise is None else f"noise {report.machine.noise:.0%}",
        f"sha256 {clean(report.submission.sha256)[:12]}",
    )
    return " · ".join(part for part in parts if part)
