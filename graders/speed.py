"""Pairs of samples to a share of the possible speed-up, and when to stop taking them; pure.

    share  = 1 - ln(t / target) / ln(t_baseline / target), held to 0..1
    target = allowance × t_reference

Noisy is what the reference does: a submission that spreads beside a steady reference is judged by its median.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from graders import stats
from graders.model import Budget, Pair, Speed

FAST_ENOUGH = 0.8
"""The share from which a bug that is right counts as fixed."""
TIGHT = 0.03
"""Half the width of an interval of the share that needs no more samples."""
NARROW = 0.1
"""The same where the interval lies wholly on one side of FAST_ENOUGH: for the points, not for the verdict."""

ROUND = 3
"""Pairs that are taken together, before it is asked whether they are enough."""
FEW_PAIRS = 9
"""With fewer, an interval that is not tight says little: three pairs are soon on one side by chance."""
STEADY_PAIRS = 15
"""So many are enough where the reference is steady, however the submission spreads."""
NOISY_PAIRS = 30
"""So many, times the patience, where it is not."""
NOISY_SECONDS = 20.0
"""After so long, times the patience, those that there are must do."""


def share(ratio: float, budget: Budget) -> float:
    """How much of the possible speed-up was won, 0 to 1; `ratio` is the time over the reference's."""
    won = 1 - math.log(ratio / budget.allowance) / math.log(budget.baseline / budget.allowance)
    return min(1.0, max(0.0, won))


def speed(pairs: Sequence[Pair], budget: Budget, seed: int) -> Speed:
    """Medians, share and interval of at least one pair."""
    submission, reference = _medians(pairs)
    low, high = stats.interval(pairs, lambda drawn: _share(drawn, budget), seed=seed)
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
        noisy=_noisy(pairs, budget, seed),
    )


def _medians(pairs: Sequence[Pair]) -> tuple[float, float]:
    """The submission's and the reference's, in seconds."""
    submission, reference = zip(*pairs, strict=True)
    return statistics.median(submission), statistics.median(reference)


def _share(pairs: Sequence[Pair], budget: Budget) -> float:
    submission, reference = _medians(pairs)
    return share(submission / reference, budget)


def _noisy(pairs: Sequence[Pair], budget: Budget, seed: int) -> bool:
    """Whether the spread of the reference's times alone leaves the share less than tight."""
    submission, _ = _medians(pairs)
    held = [Pair(submission, pair.reference) for pair in pairs]
    low, high = stats.interval(held, lambda drawn: _share(drawn, budget), seed=seed)
    return high - low > 2 * TIGHT


def _open(low: float, high: float) -> bool:
    """Whether an interval of the share is too wide to say on which side of FAST_ENOUGH it lies."""
    return high - low > 2 * TIGHT and low < FAST_ENOUGH <= high


def undecided(speed: Speed) -> bool:
    """Whether the machine is too noisy for a verdict by these pairs."""
    return speed.noisy and _open(speed.share_low, speed.share_high)


def enough(speed: Speed, seconds: float, patience: int) -> bool:
    """Whether to take no more pairs, after so many seconds of taking them."""
    half = (speed.share_high - speed.share_low) / 2
    one_side = speed.pairs >= FEW_PAIRS and not _open(speed.share_low, speed.share_high)
    if half <= (NARROW if one_side else TIGHT):
        return True
    if speed.pairs >= STEADY_PAIRS and not speed.noisy:
        return True
    return speed.pairs >= patience * NOISY_PAIRS or seconds >= patience * NOISY_SECONDS
