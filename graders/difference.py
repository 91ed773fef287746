"""Where an answer differs from the right one; pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

CENT = 0.005 + 1e-6
"""Numbers this close are equal: half a cent, and a little for what floats add to it."""

LENGTH = "length"
"""Ends a path where two lists differ in length."""

Path = tuple[str | int, ...]


class _Absent:
    """Stands for a field that an answer lacks."""

    def __repr__(self) -> str:
        return "no such field"


ABSENT = _Absent()


def same(actual: Any, expected: Any) -> bool:
    """Whether two JSON values mean the same; more keys in an object are no matter."""
    return first_difference(actual, expected) is None


def first_difference(actual: Any, expected: Any) -> tuple[str, Any, Any] | None:
    """Where two JSON values first differ, as `.a[1].b`, with both; None where they mean the same."""
    found = next(leaves(actual, expected), None)
    if found is None:
        return None
    path, got, wanted = found
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path), got, wanted


def leaves(actual: Any, expected: Any, path: Path = ()) -> Iterator[tuple[Path, Any, Any]]:
    """Every place where two JSON values differ, with both; where lists differ in length, only that."""
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            yield path, actual, expected
            return
        for key, value in expected.items():
            if value is not None or key in actual:
                yield from leaves(actual.get(key, ABSENT), value, (*path, key))
    elif isinstance(expected, list):
        if not isinstance(actual, list) or len(actual) != len(expected):
            yield (*path, LENGTH), len(actual) if isinstance(actual, list) else actual, len(expected)
            return
        for nth, value in enumerate(expected):
            yield from leaves(actual[nth], value, (*path, nth))
    elif not alike(actual, expected):
        yield path, actual, expected


def alike(actual: Any, expected: Any) -> bool:
    """Whether two plain values mean the same."""
    if isinstance(expected, bool) or isinstance(actual, bool):
        return actual is expected
    if isinstance(expected, int | float):
        return isinstance(actual, int | float) and abs(actual - expected) <= CENT
    return bool(actual == expected)
