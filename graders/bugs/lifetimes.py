"""How long answers live, told from when they were asked for."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, Generic, NamedTuple, TypeVar

T = TypeVar("T")

LIFE_SECONDS = 0.95
"""Half the TTL, a little less for clocks: what is kept by the second, or renewed ahead, is kept."""


class Asked(NamedTuple, Generic[T]):
    """What one request brought, and when it was sent and was answered, in seconds."""

    sent: float
    brought: T
    answered: float


def short_lived(asked: Sequence[Asked[Any]]) -> tuple[int, float] | None:
    """How many changes there were in how many seconds, where they are too many for answers that live.

    Between the first of n changes and the last, n - 1 answers have begun and ended. So it is on the slowest
    machine too, with answers that expire by age and with those that change when the clock says so.
    """
    changes = [
        nth for nth, (one, other) in enumerate(itertools.pairwise(asked)) if one.brought != other.brought
    ]
    for first, last in itertools.combinations(range(len(changes)), 2):
        seconds = asked[changes[last] + 1].answered - asked[changes[first]].sent
        if seconds < (last - first) * LIFE_SECONDS:
            return last - first + 1, seconds
    return None
