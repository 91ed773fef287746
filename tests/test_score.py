"""graders/score.py: the formulas and verdicts of a grade, on made-up observations."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graders import score
from graders.model import Budget, Bug, Finding, Kind, Observation, Outcome, Pair, Verdict

BUDGET = Budget(allowance=2, baseline=8)
PASSED, FAILED, UNKNOWN = Outcome.PASSED, Outcome.FAILED, Outcome.UNKNOWN


def finding(outcome: Outcome, kind: Kind = Kind.NOW_RIGHT, weight: int = 1) -> Finding:
    return Finding("id", kind, weight, "line", outcome)


def observed(
    *findings: Finding, ratio: float = 1.0, budget: Budget | None = BUDGET, pairs: int = 5
) -> Observation:
    bug = Bug("slug", "title", "symptom", 20, budget)
    return Observation(bug, findings, tuple([Pair(ratio, 1.0)] * pairs), {})


@pytest.mark.parametrize(
    ("observation", "verdict", "points"),
    [
        pytest.param(observed(finding(PASSED)), Verdict.FIXED, 20, id="right and fast"),
        pytest.param(observed(finding(PASSED), ratio=8), Verdict.PARTLY_FIXED, 10, id="right but slow"),
        pytest.param(observed(finding(PASSED), ratio=4), Verdict.PARTLY_FIXED, 15, id="half the share"),
        pytest.param(observed(finding(FAILED)), Verdict.NOT_FIXED, 0, id="wrong, however fast"),
        pytest.param(
            observed(finding(PASSED, weight=3), finding(FAILED)), Verdict.PARTLY_FIXED, 15, id="weights count"
        ),
        pytest.param(
            observed(finding(PASSED), finding(FAILED, Kind.STILL_RIGHT)),
            Verdict.REGRESSED,
            0,
            id="broke something",
        ),
        pytest.param(
            observed(finding(PASSED), finding(UNKNOWN)),
            Verdict.INCONCLUSIVE,
            20,
            id="unknown leaves the denominator, and the verdict open",
        ),
        pytest.param(
            observed(finding(PASSED), finding(UNKNOWN, Kind.STILL_RIGHT)),
            Verdict.FIXED,
            20,
            id="unknown is no fault",
        ),
        pytest.param(observed(finding(UNKNOWN)), Verdict.INCONCLUSIVE, 0, id="nothing could be told"),
        pytest.param(
            observed(finding(PASSED), budget=None, pairs=0), Verdict.FIXED, 20, id="time is not graded"
        ),
    ],
)
def test_verdict_and_points(observation: Observation, verdict: Verdict, points: float) -> None:
    grade = score.grade(observation, seed=1)
    assert grade.verdict is verdict
    assert grade.score == pytest.approx(points)


NOISY = (Pair(3.0, 0.7), Pair(3.0, 1.0), Pair(3.0, 1.0), Pair(3.0, 1.9), Pair(3.0, 1.9))
"""The reference takes now half, now twice as long."""
SPREADING = (Pair(1.5, 1.0), Pair(1.5, 1.0), Pair(2.2, 1.0), Pair(4.0, 1.0), Pair(4.0, 1.0))
"""Here the submission does, beside a steady reference."""


def test_what_is_partly_right_and_was_not_timed_has_a_settled_score() -> None:
    """As where a timed answer was wrong, so that the pairs are thrown away."""
    grade = score.grade(observed(finding(PASSED), finding(FAILED), pairs=0), seed=1)
    assert grade.verdict is Verdict.PARTLY_FIXED
    assert grade.score_low == grade.score == grade.score_high == 5


def timed(*pairs: Pair) -> Observation:
    return replace(observed(finding(PASSED)), pairs=pairs)


def test_a_noisy_machine_leaves_the_verdict_open_and_the_score_a_range() -> None:
    grade = score.grade(timed(*NOISY), seed=1)
    assert grade.verdict is Verdict.INCONCLUSIVE
    assert grade.score_low < grade.score < grade.score_high
    assert grade.speed
    assert grade.score_low == 20 * (1 + grade.speed.share_low) / 2


def test_a_submission_that_spreads_beside_a_steady_reference_is_judged_by_its_median() -> None:
    grade = score.grade(timed(*SPREADING), seed=1)
    assert grade.speed and grade.speed.share_low < 0.8 < grade.speed.share_high
    assert grade.verdict is Verdict.FIXED
    assert grade.score_low == grade.score == grade.score_high


@pytest.mark.parametrize(
    ("findings", "low", "high"),
    [
        pytest.param((finding(PASSED),), 20, 20, id="settled"),
        pytest.param((finding(PASSED, weight=3), finding(UNKNOWN)), 15, 20, id="a quarter is open"),
        pytest.param((finding(FAILED), finding(UNKNOWN)), 0, 10, id="half may be right"),
        pytest.param((finding(UNKNOWN),), 0, 20, id="all is open"),
        pytest.param((finding(FAILED),), 0, 0, id="wrong is wrong"),
        pytest.param((finding(PASSED), finding(FAILED)), 10, 10, id="half is half"),
        pytest.param(
            (finding(PASSED), finding(UNKNOWN, Kind.STILL_RIGHT)), 20, 20, id="no points hang on it"
        ),
        pytest.param(
            (finding(PASSED), finding(UNKNOWN), finding(FAILED, Kind.STILL_RIGHT)), 0, 0, id="broke something"
        ),
    ],
)
def test_what_could_not_be_told_makes_a_range(findings: tuple[Finding, ...], low: float, high: float) -> None:
    grade = score.grade(observed(*findings), seed=1)
    assert (grade.score_low, grade.score_high) == (low, high)
    assert low <= grade.score <= high


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (["fixed", "fixed"], "fixed"),
        (["fixed", "not_fixed"], "partly_fixed"),
        (["not_fixed", "not_fixed"], "not_fixed"),
        (["fixed", "regressed", "not_fixed"], "regressed"),
        (["fixed", "regressed", "inconclusive"], "inconclusive"),
    ],
)
def test_the_overall_verdict_says_first_what_matters_most(verdicts: list[str], expected: str) -> None:
    assert score.overall([Verdict(verdict) for verdict in verdicts]) == expected
