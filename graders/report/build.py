"""Grades to a report; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from graders import mistakes
from graders.model import Finding, Grade, Pair, Trace, Verdict
from graders.model import Speed as Measured
from graders.report import schema
from graders.report.schema import BugReport, Check, Kit, Machine, Report, Speed, Submission
from graders.report.total import total
from graders.speed import undecided

if TYPE_CHECKING:
    from graders.variant import WrongFix


def build(
    grades: Sequence[Grade],
    *,
    kit: Kit,
    submission: Submission,
    machine: Machine,
    seed: int,
    started_at: str,
    seconds: float,
    wrong_fixes: Sequence[WrongFix] = (),
) -> Report:
    """One report; scores to a tenth of a point, the total as their sum. Known `wrong_fixes` are named."""
    bugs = [row(grade, wrong_fixes) for grade in grades]
    noises = [grade.speed.noise for grade in grades if grade.speed]
    return Report(
        kit=kit,
        submission=submission,
        machine=machine.model_copy(update={"noise": round(max(noises), 3) if noises else None}),
        seed=seed,
        started_at=started_at,
        seconds=round(seconds, 2),
        bugs=bugs,
        **total(bugs),
    )


def row(grade: Grade, wrong_fixes: Sequence[WrongFix] = ()) -> BugReport:
    """What became of one bug, figures rounded for people; known wrong fixes that look like it are named."""
    bug, findings = grade.observation.bug, grade.observation.findings
    won = grade.speed.share if grade.speed else None
    return BugReport(
        slug=bug.slug,
        title=bug.title,
        points=bug.points,
        score=round(grade.score, 1),
        score_low=round(grade.score_low, 1),
        score_high=round(grade.score_high, 1),
        verdict=grade.verdict,
        note=_note(grade),
        correctness=round(grade.correctness, 3),
        speed=_speed(grade.speed, grade.observation.pairs, bug.work) if grade.speed else None,
        checks=[_check(finding) for finding in findings],
        mistakes=mistakes.named(bug.slug, findings, won, wrong_fixes),
        evidence=dict(grade.observation.evidence),
        before=_trace(grade.observation.before),
        after=_trace(grade.observation.after),
    )


def _note(grade: Grade) -> str:
    """What keeps this bug's score from being certain, and what to do; empty where nothing does."""
    if grade.score_low == grade.score_high and grade.verdict is not Verdict.INCONCLUSIVE:
        return ""
    measured = grade.speed
    if measured is None or not undecided(measured):
        return "Some checks of this bug could not tell: close what else runs and grade again."
    return (
        f"The machine is too noisy: over {measured.pairs} pairs the fixed exercise's own times spread "
        f"by {measured.noise:.0%}, and the speed lies between {measured.share_low:.0%} and "
        f"{measured.share_high:.0%}. Close what else runs and grade again, with --patience 3 if need be."
    )


def _trace(trace: Trace | None) -> schema.Trace | None:
    if trace is None:
        return None
    statements = [
        schema.Statement(sql=statement.sql, start_ms=round(1000 * statement.start_seconds, 2))
        for statement in trace.statements
    ]
    ms = round(1000 * trace.seconds, 2)
    return schema.Trace(
        request=trace.request, ms=ms, total=trace.total, statements=statements, status=trace.status
    )


def _speed(speed: Measured, pairs: Sequence[Pair], work: str) -> Speed:
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
        work=work,
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
