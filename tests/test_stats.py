"""graders/stats.py."""

import statistics

import pytest

from graders import stats


def test_the_interval_of_a_constant_is_a_point() -> None:
    assert stats.interval([3.0] * 5, statistics.median, seed=1) == (3.0, 3.0)


def test_the_interval_is_the_same_for_the_same_seed() -> None:
    samples = [1.0, 2.0, 4.0, 8.0, 16.0]
    assert stats.interval(samples, statistics.median, seed=5) == stats.interval(
        samples, statistics.median, seed=5
    )


def test_the_interval_holds_the_median_and_narrows_with_more_samples() -> None:
    few = stats.interval([float(n % 10) for n in range(10)], statistics.mean, seed=1)
    many = stats.interval([float(n % 10) for n in range(1000)], statistics.mean, seed=1)
    assert few[0] < many[0] < 4.5 < many[1] < few[1]


@pytest.mark.parametrize(
    ("samples", "expected"),
    [([2.0, 2.0, 2.0], 0.0), ([1.0, 2.0, 3.0], 0.5), ([9.0, 10.0, 11.0, 100.0], 0.095)],
)
def test_the_spread_is_a_part_of_the_median(samples: list[float], expected: float) -> None:
    assert stats.spread(samples) == pytest.approx(expected, abs=0.001)
