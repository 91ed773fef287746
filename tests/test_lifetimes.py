"""graders/bugs/lifetimes.py: caches of every kind, on machines of every speed."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest

from graders.bugs.lifetimes import Asked, short_lived

Cache = Callable[[float], object]
"""What it answers at a time in seconds; it is asked in order."""


def by_age(seconds: float) -> Cache:
    """Counted anew when it is so old."""
    counted = -math.inf

    def answer(now: float) -> object:
        nonlocal counted
        if now - counted >= seconds:
            counted = now
        return counted

    return answer


def by_clock(seconds: float) -> Cache:
    return lambda now: math.floor(now / seconds)


def ahead(seconds: float) -> Cache:
    """Counted anew in the background when it is so old, and served once more meanwhile."""
    kept = [-math.inf]

    def answer(now: float) -> object:
        if now - kept[-1] >= 2:
            kept.append(now)
        old = kept[-1]
        if now - old >= seconds:
            kept.append(now)
        return old

    return answer


RIGHT = {
    "by age": lambda: by_age(2),
    "by clock": lambda: by_clock(2),
    "by the second": lambda: by_clock(1),
    "renewed ahead": lambda: ahead(1.2),
}
WRONG = {
    "never": lambda: by_age(0),
    "a tenth": lambda: by_age(0.1),
    "a third": lambda: by_age(1 / 3),
    "a third, by clock": lambda: by_clock(1 / 3),
}


def asked(cache: Cache, rng: random.Random, late: float, slow: float) -> list[Asked[object]]:
    """As the check asks: six times in a row, then six times with a wait; each step late, each answer slow."""
    now, found = rng.uniform(0, 10), []
    cache(now)
    for nth in range(12):
        now += rng.uniform(0, slow) + (0.35 + rng.uniform(0, late) if nth > 5 else 0)
        sent = now
        now += rng.uniform(0, slow)
        brought = cache(now)
        now += rng.uniform(0, slow)
        found.append(Asked(sent, brought, now))
    return found


@pytest.mark.parametrize("late", [0, 0.1, 0.5])
@pytest.mark.parametrize("slow", [0.002, 0.05, 0.5])
@pytest.mark.parametrize("name", RIGHT)
def test_what_lives_for_a_second_passes_however_slow_the_machine(name: str, late: float, slow: float) -> None:
    rng = random.Random(7)
    assert not any(short_lived(asked(RIGHT[name](), rng, late, slow)) for _ in range(3000))


@pytest.mark.parametrize("late", [0, 0.1, 0.2])
@pytest.mark.parametrize("name", WRONG)
def test_what_lives_for_a_third_of_a_second_does_not(name: str, late: float) -> None:
    rng = random.Random(7)
    missed = sum(not short_lived(asked(WRONG[name](), rng, late, 0.01)) for _ in range(3000))
    assert missed == 0


@pytest.mark.parametrize("late", [0.5, 2])
def test_what_never_lives_is_seen_on_any_machine(late: float) -> None:
    rng = random.Random(7)
    assert all(short_lived(asked(by_age(0), rng, late, 0.1)) for _ in range(3000))


def test_it_says_how_many_changes_there_were_in_how_long() -> None:
    answers = [Asked(float(nth), brought, nth + 0.1) for nth, brought in enumerate("aabbb")]
    assert short_lived(answers) is None
    quick = [Asked(nth / 10, brought, nth / 10 + 0.1) for nth, brought in enumerate("aabcc")]
    found = short_lived(quick)
    assert found
    assert found[0] == 2
    assert found[1] == pytest.approx(0.3)
