"""What it usually means that an answer differs, where one reason explains all of it; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from graders.difference import CENT, alike, leaves

FEW_CENTS = 0.06

Row = dict[str, Any]


def of_missing(actual: list[Row], expected: list[Row]) -> str:
    """Why products are missing in a page, where one reason explains exactly these."""
    got, wanted = [row["id"] for row in actual], [row["id"] for row in expected]
    missing = set(wanted) - set(got)
    without_views = {row["id"] for row in expected if row.get("views") == 0}
    without_costs = {row["id"] for row in expected if row.get("total_cost") == 0}
    for childless, name in (
        (without_views, "views"),
        (without_costs, "costs"),
        (without_views | without_costs, "views or costs"),
    ):
        if missing == childless:
            return f"An inner join drops products without {name}: start at the products, with outer joins."
    if got and len(got) < len(wanted) and got == wanted[: len(got)]:
        return "The page ends too early: does the limit cut joined rows instead of products?"
    return ""


def of_products(pairs: Sequence[tuple[Row, Row]]) -> str:
    """Why sums of products are too large, where a join that repeats rows explains every pair."""
    found = [leaf for pair in pairs for leaf in leaves(*pair)]
    if len(pairs) < 2 or not all(_is_number(got) for _, got, _ in found):
        return ""
    views = [(got, wanted) for path, got, wanted in found if path == ("views",)]
    costs = [(row.get("total_cost"), right["total_cost"], right["views"]) for row, right in pairs]
    if len(views) == len(found) and all((got, wanted) == (1, 0) for got, wanted in views):
        return "An outer join has a row for a product without views too: count their ids, not rows."
    if not all(_is_multiple(got, wanted) for got, wanted in views):
        return ""
    if all(alike(got, wanted) for got, wanted, _ in costs):
        return "Views are counted more than once: does a join repeat their rows?" if views else ""
    if any(path[0] not in ("views", "total_cost") for path, _, _ in found):
        return ""
    if not all(abs(got - wanted * max(1, times)) <= CENT * max(1, times) for got, wanted, times in costs):
        return ""
    return "Sums are multiplied: two joins repeat each other's rows. Sum up each table before it is joined."


def _is_multiple(got: float, wanted: float) -> bool:
    return wanted > 0 and got > wanted and got % wanted == 0


def of_values(pairs: Sequence[tuple[Any, Any]]) -> str:
    """What differences usually mean, where one reason explains all of them."""
    values = [(got, wanted) for pair in pairs for _, got, wanted in leaves(*pair)]
    if all(got is None and _is_number(wanted) and wanted == 0 for got, wanted in values):
        return "No row to sum up gives null in SQL: make it 0."
    if all(isinstance(got, str) and _is_number(wanted) for got, wanted in values):
        return "A text stands where a number must."
    if all(_swapped(actual, expected) for actual, expected in pairs):
        return "Two fields hold each other's values."
    if all(_is_number(got) and _is_number(wanted) for got, wanted in values):
        return _rounded([(got, wanted) for got, wanted in values])
    return ""


def _rounded(values: Sequence[tuple[float, float]]) -> str:
    if all(isinstance(wanted, int) for _, wanted in values):
        return ""
    if all(abs(got - wanted) <= FEW_CENTS for got, wanted in values):
        return "It is off by cents: add up and convert first, then round once, to two places."
    if all(float(got).is_integer() and abs(got - wanted) < 1 for got, wanted in values):
        return "The cents are lost: amounts are to the cent."
    return ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _swapped(actual: Any, expected: Any) -> bool:
    """Whether two fields of an object have changed places, and nothing else is wrong."""
    if not isinstance(actual, dict) or not isinstance(expected, dict):
        return False
    wrong = [path for path, _, _ in leaves(actual, expected)]
    if len(wrong) != 2 or any(len(path) != 1 for path in wrong):
        return False
    (one,), (other,) = wrong
    return alike(actual.get(one), expected[other]) and alike(actual.get(other), expected[one])


def of_days(actual: Row, expected: Row) -> str:
    """What it usually means where counts by date differ; empty where no one thing explains it."""
    if any(not _is_date(key) for key in actual):
        return "Days are written as 2026-03-14."
    got, wanted = ({day: n for day, n in days.items() if n} for days in (actual, expected))
    for days, word in ((-1, "early"), (1, "late")):
        if got == {_moved(day, days): count for day, count in wanted.items()}:
            return f"Every day is one too {word}: days are those of UTC."
    if all(map(_is_number, got.values())) and sum(got.values()) == sum(wanted.values()):
        return (
            "All views are there, but some on another day: days are those of UTC, from midnight to midnight."
        )
    return ""


def _is_date(text: Any) -> bool:
    try:
        return isinstance(text, str) and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _moved(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
