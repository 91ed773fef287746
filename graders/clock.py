"""The machine's clock, held against one that nobody can set."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timezone
from typing import NamedTuple

from graders.errors import ClockMoved

Clock = Callable[[], float]
"""Tells the seconds since some moment."""

MOVED_SECONDS = 0.3
"""Less than the 0.4 s that the check of a cache's age allows for, so that no clock fails a right one."""


def wall_time() -> float:
    """Seconds since 1970, by the clock that can be set."""
    return datetime.now(timezone.utc).timestamp()


class _Offset(NamedTuple):
    """By how many seconds the wall clock is ahead: no less and no more."""

    least: float
    most: float


class Steadiness:
    """Whether the wall clock went as fast as the monotonic one, ever since this was made.

    A machine that slept counts as one whose clock was set: on Linux and macOS the monotonic clock sleeps too.
    """

    def __init__(self, wall: Clock = wall_time, steady: Clock = time.monotonic) -> None:
        self._wall = wall
        self._steady = steady
        self._first = self._offset()

    def expect(self) -> None:
        """Raises ClockMoved where the two have drifted apart by more than MOVED_SECONDS."""
        now = self._offset()
        moved = max(now.least - self._first.most, self._first.least - now.most)
        if moved > MOVED_SECONDS:
            raise ClockMoved(
                f"The clock of this machine moved by {moved:.1f} s during the grade: grade again."
            )

    def _offset(self) -> _Offset:
        """Bounds, since a busy machine may halt this process between two readings."""
        before = self._steady()
        shown = self._wall()
        return _Offset(least=shown - self._steady(), most=shown - before)
