"""How an answer differs from the right one, in words that do not mislead; pure."""

from __future__ import annotations

import collections
from typing import Any, NamedTuple

from graders import meaning
from graders.difference import LENGTH, Path, leaves, same

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")

LONG = 200
"""Longer lists are not searched for the same rows in another order."""
REPEATED = "A join repeats a product for each row that it finds: group by product."
UNORDERED = "Say the order in the query: without ORDER BY a database promises none."

Row = dict[str, Any]


class Words(str):
    """Words about values, which are shown as they are and not quoted."""

    def __repr__(self) -> str:
        return str(self)


class Mismatch(NamedTuple):
    """What is wrong, in words; both values; and what it usually means, where that is known."""

    reason: str
    expected: Any
    actual: Any
    help: str = ""


def told(actual: Any, expected: Any, what: str) -> Mismatch | None:
    """How a JSON value differs from the right one; None where they mean the same. `what` names the whole."""
    leaf = next(leaves(actual, expected), None)
    if leaf is None:
        return None
    if isinstance(actual, list) and isinstance(expected, list):
        if _are_products(actual, expected):
            return _of_products(actual, expected)
        if another_order := _order(actual, expected, what):
            return another_order
    path, got, wanted = leaf
    if path and (another_order := _inner_order(actual, expected, path[0])):
        return another_order
    reason = f"{_spoken(path)} is wrong in {what}" if path else f"{what} is wrong"
    return Mismatch(reason, wanted, got, meaning.of_values([(actual, expected)]))


def _inner_order(actual: Any, expected: Any, key: str | int) -> Mismatch | None:
    """The same for a list that is a field of an object."""
    if isinstance(key, str) and isinstance(expected, dict) and isinstance(expected[key], list):
        return _order(actual[key], expected[key], key)
    return None


def _spoken(path: Path) -> str:
    """A place in an answer: `amount of the second row of lines`; `the number of rows of lines`."""
    words = [_row(key) if isinstance(key, int) else key for key in path]
    if path[-1] == LENGTH:
        words[-1] = "the number of rows"
    return " of ".join(reversed(words))


def _row(nth: int) -> str:
    return f"the {ORDINALS[nth]} row" if nth < len(ORDINALS) else f"row {nth + 1}"


def _order(actual: Any, expected: list[Any], what: str) -> Mismatch | None:
    """Lists of the same members in another order."""
    if not isinstance(actual, list) or len(actual) != len(expected) or len(actual) > LONG:
        return None
    left = list(actual)
    for one in expected:
        nth = next((i for i, other in enumerate(left) if same(other, one)), None)
        if nth is None:
            return None
        del left[nth]
    nth = next(i for i, (one, other) in enumerate(zip(actual, expected, strict=True)) if not same(one, other))
    return Mismatch(
        f"the same rows in another order in {what}, from {_row(nth)} on",
        expected[nth],
        actual[nth],
        UNORDERED,
    )


def _are_products(actual: list[Any], expected: list[Any]) -> bool:
    """Whether these are rows that say which product they are about."""
    rows = [*expected, *actual]
    return bool(expected) and all(
        isinstance(row, dict) and isinstance(row.get("id"), int | float) and not isinstance(row["id"], bool)
        for row in rows
    )


def _of_products(actual: list[Row], expected: list[Row]) -> Mismatch:
    """How rows of products differ: which are missing, too many, out of order; only then their fields."""
    got, wanted = [row["id"] for row in actual], [row["id"] for row in expected]
    if got != wanted:
        return _which(actual, expected, got, wanted)
    wrong = [
        (nth, row, right)
        for nth, (row, right) in enumerate(zip(actual, expected, strict=True))
        if not same(row, right)
    ]
    nth, row, right = wrong[0]
    path, value, other = next(leaves(row, right))
    more = {1: "", 2: "; 1 more row is wrong"}.get(len(wrong), f"; {len(wrong) - 1} more rows are wrong")
    place = f"{_spoken(path)} of product {right['id']} ({_row(nth)})"
    pairs = [(row, right) for _, row, right in wrong]
    help = meaning.of_products(pairs) or meaning.of_values(pairs)
    return Mismatch(f"{place} is wrong{more}", other, value, help)


def _which(actual: list[Row], expected: list[Row], got: list[Any], wanted: list[Any]) -> Mismatch:
    """Rows that are not of the products that they must be of, or not in the same order."""
    pairs = enumerate(zip(got, wanted, strict=False))
    nth = next((i for i, (one, other) in pairs if one != other), min(len(got), len(wanted)))
    values = _at(nth, wanted), _at(nth, got)
    times = collections.Counter(got)
    missing = [one for one in wanted if not times[one]]
    if missing:
        reason = f"product {missing[0]} is missing"
        if len(missing) > 1:
            reason = f"{len(missing)} of {len(wanted)} products are missing, first product {missing[0]}"
        return Mismatch(reason, *values, meaning.of_missing(actual, expected))
    most, count = times.most_common(1)[0]
    if count > 1:
        return Mismatch(f"product {most} is there {count} times", *values, REPEATED)
    if more := len(got) - len(wanted):
        return Mismatch(f"{more} product{'s' if more > 1 else ''} too many", *values)
    by_id = {row["id"]: row for row in actual}
    fields = all(same(by_id[row["id"]], row) for row in expected)
    reason = "the same rows in another order" if fields else "rows in another order, and some are wrong"
    return Mismatch(reason, *values, UNORDERED)


def _at(nth: int, ids: list[Any]) -> Words:
    return Words(f"product {ids[nth]} in {_row(nth)}" if nth < len(ids) else f"{len(ids)} rows")
