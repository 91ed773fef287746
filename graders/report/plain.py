"""What every export says of a report, in plain words that are safe to print; pure."""

from __future__ import annotations

from collections.abc import Iterator

from graders.model import NOT_STARTED, NOT_TRIED, NOTHING_YET, Kind, Outcome, Verdict
from graders.report.clean import clean
from graders.report.schema import BugReport, Check, Report, Speed, Submission, Trace

Scored = Report | BugReport

FEW_PAIRS = 3
"""With fewer, nothing is said of how far the times spread."""


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


def regraded(report: Report) -> str:
    """What the report was before it was scored again, and what was looked at anew; empty where it was not."""
    was = report.regraded
    if not was:
        return ""
    by = f"kit {clean(was.kit.version)}, rules {was.kit.rules}"
    told = [f"Scored again on {clean(was.at[:10])}: it was {verdict(was.verdict)}, {was.score:g} ({by})."]
    for said, slugs in (("Observed anew", was.observed_anew), ("As it was", was.as_it_was)):
        if slugs:
            told.append(f"{said}: {', '.join(map(clean, slugs))}.")
    return " ".join(told)


def right(bug: BugReport) -> str:
    """What part is right; that says nothing where something else broke."""
    return "-" if bug.verdict is Verdict.REGRESSED else f"{bug.correctness:.0%}"


def summary(bug: BugReport) -> Iterator[str]:
    """One bug in a few lines: what is right, how fast, what it looks like, what to do next."""
    yield f"{verdict(bug.verdict)}, {score(bug)}, right {right(bug)}"
    if bug.speed:
        yield f"share of the possible speed-up {bug.speed.share:.0%}: {took(bug.speed)}"
    if bug.note:
        yield clean(bug.note)
    yield from mistakes(bug)


def took(speed: Speed) -> str:
    """How long what was timed takes, and how long it may."""
    work = f" for {clean(speed.work)}" if speed.work else ""
    return f"{speed.submission_ms:.0f} ms{work}; full marks up to {speed.target_ms:.0f} ms"


def pairs(speed: Speed) -> str:
    """How many there are."""
    return f"{speed.pairs} pair{'' if speed.pairs == 1 else 's'}"


def spreads(speed: Speed) -> bool:
    """Whether there are pairs enough to speak of an interval and of noise."""
    return speed.pairs >= FEW_PAIRS


def noise(report: Report) -> float | None:
    """The machine's; None where too little was timed to tell."""
    told = any(bug.speed and spreads(bug.speed) for bug in report.bugs)
    return report.machine.noise if told else None


def mistakes(bug: BugReport) -> Iterator[str]:
    """The known wrong fixes that fail the same checks, which need not be what was done here."""
    start = "fails the same checks as a known wrong fix, "
    for mistake in bug.mistakes:
        yield f"{start}{clean(mistake.name)}: {clean(mistake.reason)}"
        start = "or "


def answered(trace: Trace) -> str:
    """`answers 500` where a traced request did not succeed; else empty."""
    return "" if trace.status is None or 200 <= trace.status < 300 else f"answers {trace.status}"


def untried(check: Check) -> bool:
    """Whether a check was left out because another one failed: it counts, but nothing was seen of it."""
    return check.reason.startswith(NOT_TRIED)


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
        "" if (spread := noise(report)) is None else f"noise {spread:.0%}",
        f"sha256 {clean(report.submission.sha256)[:12]}",
    )
    return " · ".join(part for part in parts if part)
