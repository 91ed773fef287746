"""Samples to numbers; pure, and the same for the same seed."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def interval(
    samples: Sequence[T],
    statistic: Callable[[Sequence[T]], float],
    *,
    seed: int,
    resamples: int = 400,
) -> tuple[float, float]:
    """The 95 % percentile-bootstrap interval of a statistic (Efron 1979).

    Samples are drawn with replacement, as many as there are; pairs stay pairs.
    """
    rng = random.Random(seed)
    drawn = sorted(statistic(rng.choices(samples, k=len(samples))) for _ in range(resamples))
    return drawn[round(0.025 * (resamples - 1))], drawn[round(0.975 * (resamples - 1))]


def spread(samples: Sequence[float]) -> float:
    """The median absolute deviation as a part of the median: 0.1 means that half lie within 10 %."""
    middle = statistics.median(samples)
    return statistics.median(abs(sample - middle) for sample in samples) / middle
