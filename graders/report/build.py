"""Grades to a report; pure."""

from __future__ import annotations

from collections.abc import Sequence

from graders import score
from graders.model import Finding, Grade, Pair, Trace
from graders.model import Speed as Measured
from graders.report import schema
from graders.report.schema import BugReport, Check, Kit, Machine, Report, Speed, Submission


def build(
    grades: Sequence[Grade],
    *,
    kit: Kit,
    submission: Submission,
    machine: Machine,
    seed: int,
    started_at: str,
    seconds: float,
) -> Report:
    """One report; scores to a tenth of a point, the total as their sum."""
    bugs = [_bug(grade) for grade in grades]
    noises = [grade.speed.noise for grade in grades if grade.speed]
    return Report(
        kit=kit,
        submission=submission,
        machine=machine.model_copy(update={"noise": round(max(noises), 3) if noises else None}),
        seed=seed,
        started_at=started_at,
        seconds=round(seconds, 2),
        score=round(sum(bug.score for bug in bugs), 1),
        points=sum(bug.points for bug in bugs),
        verdict=score.overall([grade.verdict for grade in grades]),
        bugs=bugs,
    )


def _bug(grade: Grade) -> BugReport:
    bug = grade.observation.bug
    return BugReport(
        slug=bug.slug,
        title=bug.title,
        points=bug.points,
        score=round(grade.score, 1),
        verdict=grade.verdict,
        correctness=round(grade.correctness, 3),
        speed=_speed(grade.speed, grade.observation.pairs) if grade.speed else None,
        checks=[_check(finding) for finding in grade.observation.findings],
        evidence=dict(grade.observation.evidence),
        before=_trace(grade.observation.before),
        after=_trace(grade.observation.after),
    )


def _trace(trace: Trace | None) -> schema.Trace | None:
    if trace is None:
        return None
    statements = [
        schema.Statement(sql=statement.sql, start_ms=round(1000 * statement.start_seconds, 2))
        for statement in trace.statements
    ]
    ms = round(1000 * trace.seconds, 2)
    return schema.Trace(request=trace.request, ms=ms, total=trace.total, statements=statements)


def _speed(speed: Measured, pairs: Sequence[Pair]) -> Speed:
    return Speed(
        share=round(speed.share, 3),
        low=round(speed.share_low, 3),
        high=round(speed.share_high, 3),
        ratio=round(speed.ratio, 2),
        submission_ms=round(1000 * speed.submission_seconds, 2),
        reference_ms=round(1000 * speed.reference_seconds, 2),
        target_ms=round(1000 * speed.target_seconds, 2),
        baseline_ms=round(1000 * speed.baseline_seconds, 2),
        pairs=speed.pairs,
        noise=round(speed.noise, 3),
        samples=[(round(1000 * pair.submission, 3), round(1000 * pair.reference, 3)) for pair in pairs],
    )


def _check(finding: Finding) -> Check:
    return Check(
        id=finding.id,
        kind=finding.kind,
        weight=finding.weight,
        outcome=finding.outcome,
        line=finding.line,
        reason=finding.reason,
        asked=finding.asked,
        expected=finding.expected,
        actual=finding.actual,
        help=finding.help,
    )
