"""graders/speed.py: the share, its interval, and when there are pairs enough; on made-up times."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator

import pytest

from graders import speed
from graders.model import Budget, Pair, Speed

BUDGET = Budget(allowance=2, baseline=8)


def times(ratio: float, submission: float, reference: float, seed: int = 1) -> Iterator[Pair]:
    """Pairs without end whose logarithms have these standard deviations."""
    rng = random.Random(seed)
    while True:
        yield Pair(ratio * math.exp(rng.gauss(0, submission)), math.exp(rng.gauss(0, reference)))


def taken(pairs: Iterator[Pair], patience: int = 1) -> Speed:
    """Round after round until there are enough, as a grade takes them; a pair is said to take no time."""
    so_far: list[Pair] = []
    while True:
        so_far += [next(pairs) for _ in range(speed.ROUND)]
        measured = speed.speed(so_far, BUDGET, seed=1)
        if speed.enough(measured, 0.0, patience):
            return measured


@pytest.mark.parametrize(
    ("ratio", "share"),
    [(0.5, 1), (1, 1), (2, 1), (4, 0.5), (8, 0), (80, 0), (2 * math.exp(0.25 * math.log(4)), 0.75)],
)
def test_the_share_falls_with_the_logarithm_of_the_time(ratio: float, share: float) -> None:
    assert speed.share(ratio, BUDGET) == pytest.approx(share)


def test_medians_are_taken_of_each_side() -> None:
    measured = speed.speed([Pair(2.0, 1.0), Pair(4.0, 2.0), Pair(60.0, 3.0)], BUDGET, seed=1)
    assert (measured.submission_seconds, measured.reference_seconds, measured.ratio) == (4.0, 2.0, 2.0)
    assert measured.baseline_seconds == 16.0


def test_one_round_is_enough_for_a_fast_one_also_on_a_noisy_machine() -> None:
    assert taken(times(0.6, 0.2, 0.2)).pairs == speed.ROUND


def test_near_the_threshold_more_pairs_are_taken_until_they_tell() -> None:
    measured = taken(times(2.9, 0.1, 0.02))
    assert speed.ROUND < measured.pairs <= speed.STEADY_PAIRS
    assert not speed.undecided(measured)


def test_beside_a_steady_reference_there_is_an_end_however_the_submission_spreads() -> None:
    measured = taken(times(2.7, 0.8, 0.0))
    assert measured.pairs == speed.STEADY_PAIRS
    assert not measured.noisy and not speed.undecided(measured)


@pytest.mark.parametrize("patience", [1, 3])
def test_a_noisy_reference_is_put_up_with_as_long_as_patience_says(patience: int) -> None:
    measured = taken(times(2.7, 0.0, 2.0), patience)
    assert measured.pairs == patience * speed.NOISY_PAIRS
    assert speed.undecided(measured)


def test_after_so_many_seconds_what_there_is_must_do() -> None:
    measured = speed.speed([Pair(2.7, 0.5), Pair(2.7, 1.0), Pair(2.7, 2.0)], BUDGET, seed=1)
    assert not speed.enough(measured, 0.9 * speed.NOISY_SECONDS, 1)
    assert speed.enough(measured, speed.NOISY_SECONDS, 1)
    assert not speed.enough(measured, speed.NOISY_SECONDS, 3)


@pytest.mark.parametrize("ratio", [1.9, 5.0])
@pytest.mark.parametrize("seed", range(6))
def test_far_from_the_threshold_noise_never_turns_a_verdict(ratio: float, seed: int) -> None:
    measured = taken(times(ratio, 0.25, 0.25, seed))
    assert speed.undecided(measured) or (measured.share >= speed.FAST_ENOUGH) == (ratio < 2)
