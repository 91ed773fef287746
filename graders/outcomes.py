"""What came of a check, in words for the candidate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from graders.checks import Check
from graders.failure import Failure, Unknown
from graders.model import NOTHING_YET, Finding, Kind, Outcome
from graders.trial import Trial

MISSHAPEN = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a check may trip over in an oddly shaped answer; its own faults would fail the fixed variant too."""


def misshapen(error: Exception, asked: str) -> Failure:
    """What the error of a check means that tripped over an answer."""
    actual = f"{type(error).__name__}: {error}"
    expected = "an answer of the promised shape"
    return Failure("the answer has another shape", asked=asked, expected=expected, actual=actual)


def steps(check: Check, trial: Trial) -> Iterator[float]:
    """A check as a generator, also where it never waits."""
    waits = check.run(trial)
    if waits is not None:
        yield from waits


def finding(check: Check, outcome: Failure | Unknown | None) -> Finding:
    """Of a check that was tried; None where it passed."""
    plain = Finding(check.id, check.kind, check.weight, check.line, Outcome.PASSED)
    match outcome:
        case None:
            return plain
        case Unknown():
            return Finding(check.id, check.kind, check.weight, check.line, Outcome.UNKNOWN, str(outcome))
        case Failure():
            return replace(
                plain,
                outcome=Outcome.FAILED,
                reason=outcome.reason,
                asked=outcome.asked,
                expected=outcome.expected,
                actual=outcome.actual,
                help=outcome.help,
            )


def untried(check: Check, reason: str, actual: str = "") -> Finding:
    """A now-right check that could not be tried failed; a still-right one cannot tell."""
    outcome = Outcome.FAILED if check.kind is Kind.NOW_RIGHT else Outcome.UNKNOWN
    return Finding(check.id, check.kind, check.weight, check.line, outcome, reason, actual=actual)


def silenced(finding: Finding) -> Finding:
    """Still-right checks judge answers that are given; while none is right, they cannot tell."""
    if finding.kind is Kind.NOW_RIGHT:
        return finding
    return Finding(finding.id, finding.kind, finding.weight, finding.line, Outcome.UNKNOWN, NOTHING_YET)
