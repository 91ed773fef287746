"""Observation to grade; pure.

    score of a bug = points × correctness × (1 + share) / 2

Right but slow is worth half; wrong is worth nothing, however fast. What could not be told makes a range.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from graders.model import Finding, Grade, Kind, Observation, Outcome, Speed, Verdict
from graders.speed import FAST_ENOUGH, speed, undecided


def correctness(findings: Iterable[Finding]) -> float | None:
    """The weighted part of the now-right checks that passed; None where none could tell."""
    passed, failed, _ = _weights(findings)
    return passed / (passed + failed) if passed + failed else None


def _weights(findings: Iterable[Finding]) -> tuple[int, int, int]:
    """Of the now-right checks that passed, that failed, and that could not tell."""
    weights = dict.fromkeys(Outcome, 0)
    for finding in findings:
        weights[finding.outcome] += finding.weight * (finding.kind is Kind.NOW_RIGHT)
    return weights[Outcome.PASSED], weights[Outcome.FAILED], weights[Outcome.UNKNOWN]


def broke_something(findings: Iterable[Finding]) -> bool:
    """Whether a still-right check failed."""
    return any(f.kind is Kind.STILL_RIGHT and f.outcome is Outcome.FAILED for f in findings)


def grade(observation: Observation, seed: int) -> Grade:
    """The verdict and the score of one bug, from its lowest to its highest where something is open."""
    budget, pairs = observation.bug.budget, observation.pairs
    measured = speed(pairs, budget, seed) if budget and pairs else None
    right = correctness(observation.findings)
    verdict = _verdict(observation, right, measured)
    lost = verdict is Verdict.REGRESSED
    won = 1.0 if budget is None else measured.share if measured else 0.0
    points = 0.0 if lost else _points(observation, right or 0.0, won)
    noisy = measured is not None and undecided(measured) and not lost
    is_open = noisy or verdict is Verdict.INCONCLUSIVE
    low, high = _range(observation, measured) if is_open else (points, points)
    return Grade(
        observation=observation,
        verdict=verdict,
        correctness=right or 0.0,
        speed=measured,
        score=points,
        score_low=low,
        score_high=high,
    )


def _points(observation: Observation, right: float, won: float) -> float:
    return observation.bug.points * right * (1 + won) / 2


def _range(observation: Observation, measured: Speed | None) -> tuple[float, float]:
    """The score if all that could not be told were wrong, and if it were right."""
    passed, failed, unknown = _weights(observation.findings)
    weight = passed + failed + unknown
    slow, fast = _shares(observation, measured)
    low = _points(observation, passed / weight if weight else 0.0, slow)
    return low, _points(observation, (passed + unknown) / weight if weight else 1.0, fast)


def _shares(observation: Observation, measured: Speed | None) -> tuple[float, float]:
    """Between which the share lies; a point where that is settled."""
    if observation.bug.budget is None:
        return 1.0, 1.0
    if measured is None:
        return 0.0, 1.0
    if undecided(measured):
        return measured.share_low, measured.share_high
    return measured.share, measured.share


def _verdict(observation: Observation, right: float | None, measured: Speed | None) -> Verdict:
    passed, _, unknown = _weights(observation.findings)
    if passed and broke_something(observation.findings):
        return Verdict.REGRESSED
    if right is None or unknown:
        return Verdict.INCONCLUSIVE
    if right == 0:
        return Verdict.NOT_FIXED
    if right < 1:
        return Verdict.PARTLY_FIXED
    if observation.bug.budget is None:
        return Verdict.FIXED
    if measured is None or undecided(measured):
        return Verdict.INCONCLUSIVE
    return Verdict.FIXED if measured.share >= FAST_ENOUGH else Verdict.PARTLY_FIXED


def overall(verdicts: Sequence[Verdict]) -> Verdict:
    """One verdict for all bugs graded: what a proctor must know first."""
    for first in (Verdict.INCONCLUSIVE, Verdict.REGRESSED):
        if first in verdicts:
            return first
    return verdicts[0] if len(set(verdicts)) == 1 else Verdict.PARTLY_FIXED
