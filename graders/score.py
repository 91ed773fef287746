"""Observation to grade; pure.

    score of a bug = points × correctness × (1 + share) / 2
    share          = 1 - ln(t / target) / ln(t_baseline / target), held to 0..1
    target         = allowance × t_reference

Right but slow is worth half; wrong is worth nothing, however fast.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence

from graders import stats
from graders.model import Budget, Finding, Grade, Kind, Observation, Outcome, Pair, Speed, Verdict

FAST_ENOUGH = 0.8
"""The share from which a bug that is right counts as fixed."""
TIGHT = 0.03
"""Half the width of an interval of the share that needs no more samples."""
NARROW = 0.1
"""The same where the interval lies wholly on one side of FAST_ENOUGH."""


def share(ratio: float, budget: Budget) -> float:
    """How much of the possible speed-up was won, 0 to 1; `ratio` is the time over the reference's."""
    won = 1 - math.log(ratio / budget.allowance) / math.log(budget.baseline / budget.allowance)
    return min(1.0, max(0.0, won))


def speed(pairs: Sequence[Pair], budget: Budget, seed: int) -> Speed:
    """Medians, share and interval of at least one pair."""
    submission = statistics.median(pair.submission for pair in pairs)
    reference = statistics.median(pair.reference for pair in pairs)
    low, high = stats.interval(pairs, lambda drawn: share(_ratio(drawn), budget), seed=seed)
    return Speed(
        share=share(submission / reference, budget),
        share_low=low,
        share_high=high,
        ratio=submission / reference,
        submission_seconds=submission,
        reference_seconds=reference,
        target_seconds=reference * budget.allowance,
        baseline_seconds=reference * budget.baseline,
        pairs=len(pairs),
        noise=stats.spread([pair.reference for pair in pairs]),
    )


def _ratio(pairs: Sequence[Pair]) -> float:
    submission = statistics.median(pair.submission for pair in pairs)
    return submission / statistics.median(pair.reference for pair in pairs)


def settled(speed: Speed) -> bool:
    """Whether more pairs would change nothing."""
    half = (speed.share_high - speed.share_low) / 2
    return half <= TIGHT or (half <= NARROW and not _straddles(speed))


def _straddles(speed: Speed) -> bool:
    wide = speed.share_high - speed.share_low > 2 * TIGHT
    return wide and speed.share_low < FAST_ENOUGH <= speed.share_high


def correctness(findings: Iterable[Finding]) -> float | None:
    """The weighted part of the now-right checks that passed; None where none could tell."""
    now_right = [f for f in findings if f.kind is Kind.NOW_RIGHT and f.outcome is not Outcome.UNKNOWN]
    weight = sum(finding.weight for finding in now_right)
    if not weight:
        return None
    return sum(f.weight for f in now_right if f.outcome is Outcome.PASSED) / weight


def broke_something(findings: Iterable[Finding]) -> bool:
    """Whether a still-right check failed."""
    return any(f.kind is Kind.STILL_RIGHT and f.outcome is Outcome.FAILED for f in findings)


def grade(observation: Observation, seed: int) -> Grade:
    """The verdict and the score of one bug."""
    budget, pairs = observation.bug.budget, observation.pairs
    measured = speed(pairs, budget, seed) if budget and pairs else None
    right = correctness(observation.findings)
    verdict = _verdict(observation, right, measured)
    won = 1.0 if budget is None else measured.share if measured else 0.0
    points = observation.bug.points * (right or 0.0) * (1 + won) / 2
    return Grade(
        observation=observation,
        verdict=verdict,
        correctness=right or 0.0,
        speed=measured,
        score=0.0 if verdict is Verdict.REGRESSED else points,
    )


def _verdict(observation: Observation, right: float | None, measured: Speed | None) -> Verdict:
    if right is None:
        return Verdict.INCONCLUSIVE
    if right == 0:
        return Verdict.NOT_FIXED
    if broke_something(observation.findings):
        return Verdict.REGRESSED
    if right < 1:
        return Verdict.PARTLY_FIXED
    if observation.bug.budget is None:
        return Verdict.FIXED
    if measured is None or _straddles(measured):
        return Verdict.INCONCLUSIVE
    return Verdict.FIXED if measured.share >= FAST_ENOUGH else Verdict.PARTLY_FIXED


def overall(verdicts: Sequence[Verdict]) -> Verdict:
    """One verdict for all bugs graded: what a proctor must know first."""
    for first in (Verdict.INCONCLUSIVE, Verdict.REGRESSED):
        if first in verdicts:
            return first
    return verdicts[0] if len(set(verdicts)) == 1 else Verdict.PARTLY_FIXED
