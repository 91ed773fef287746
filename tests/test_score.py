"""graders/score.py: the formulas and verdicts of a grade, on made-up observations."""

from __future__ import annotations

import math

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
    ("ratio", "share"),
    [(0.5, 1), (1, 1), (2, 1), (4, 0.5), (8, 0), (80, 0), (2 * math.exp(0.25 * math.log(4)), 0.75)],
)
def test_the_share_falls_with_the_logarithm_of_the_time(ratio: float, share: float) -> None:
    assert score.share(ratio, BUDGET) == pytest.approx(share)


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
            Verdict.FIXED,
            20,
            id="unknown leaves the denominator",
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


def test_an_interval_across_the_threshold_is_inconclusive_and_asks_for_more() -> None:
    pairs = tuple(Pair(ratio, 1.0) for ratio in (1.5, 1.5, 2.6, 4.0, 4.0))
    observation = Observation(Bug("slug", "t", "s", 20, BUDGET), (finding(PASSED),), pairs, {})
    assert not score.settled(score.speed(pairs, BUDGET, seed=1))
    assert score.grade(observation, seed=1).verdict is Verdict.INCONCLUSIVE


def test_a_steady_share_is_settled_at_once() -> None:
    assert score.settled(score.speed([Pair(1.0, 1.0)] * 5, BUDGET, seed=1))


def test_medians_are_taken_of_each_side() -> None:
    speed = score.speed([Pair(2.0, 1.0), Pair(4.0, 2.0), Pair(60.0, 3.0)], BUDGET, seed=1)
    assert (speed.submission_seconds, speed.reference_seconds, speed.ratio) == (4.0, 2.0, 2.0)
    assert speed.baseline_seconds == 16.0


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
