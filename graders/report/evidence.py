"""A saved report back to what was seen, where that is all that today's rules ask for; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graders import score
from graders.model import (
    NOT_TRIED,
    NOTHING_YET,
    Bug,
    Finding,
    Kind,
    Observation,
    Pair,
    Statement,
    Trace,
)
from graders.report import schema
from graders.report.merge import TIMED
from graders.report.schema import BugReport


@dataclass(frozen=True)
class Asked:
    """What today's rules ask of one check: `since` is the rules' version in which it last changed."""

    id: str
    kind: Kind
    weight: int
    line: str
    since: int


def lacking(saved: BugReport, bug: Bug, asked: Sequence[Asked], rules: int) -> str:
    """What a report made by these older rules lacks to be scored today; empty where it lacks nothing."""
    found = {check.id for check in saved.checks}
    for check in asked:
        if check.id not in found:
            return f"it lacks the check {check.id}"
        if check.since > rules:
            return f"the check {check.id} asks for more now"
    findings = observation(saved, bug, asked).findings
    if score.correctness(findings) and any(_untried(finding) for finding in findings):
        return "a check was not tried then that would be now"
    timed = bool(score.correctness(findings)) and not score.broke_something(findings)
    if bug.budget and timed and not (saved.speed and saved.speed.samples):
        return "it holds no samples of the time"
    return ""


def _untried(finding: Finding) -> bool:
    return finding.kind is Kind.STILL_RIGHT and finding.reason.startswith((NOTHING_YET, NOT_TRIED))


def observation(saved: BugReport, bug: Bug, asked: Sequence[Asked]) -> Observation:
    """What was seen then, with the weights, kinds and lines of today."""
    today = {check.id: check for check in asked}
    findings = tuple(_finding(check, today) for check in saved.checks if check.id in {*today, TIMED})
    samples = saved.speed.samples if saved.speed else []
    pairs = tuple(Pair(submission / 1000, reference / 1000) for submission, reference in samples)
    return Observation(bug, findings, pairs, saved.evidence, _trace(saved.before), _trace(saved.after))


def _finding(saved: schema.Check, today: Mapping[str, Asked]) -> Finding:
    asked = today.get(saved.id, saved)  # the timing's own check stands in no list
    return Finding(
        id=saved.id,
        kind=asked.kind,
        weight=asked.weight,
        line=asked.line,
        outcome=saved.outcome,
        reason=saved.reason,
        asked=saved.asked,
        expected=saved.expected,
        actual=saved.actual,
        help=saved.help,
    )


def _trace(saved: schema.Trace | None) -> Trace | None:
    if saved is None:
        return None
    statements = tuple(Statement(one.sql, one.start_ms / 1000) for one in saved.statements)
    return Trace(saved.request, saved.ms / 1000, saved.total, statements, saved.status)
