"""graders/mismatch.py and meaning.py: what is said of real wrong answers, and what is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from graders import meaning
from graders.mismatch import Mismatch, told

Row = dict[str, Any]

PAGE: list[Row] = [
    {"id": 17, "name": "Cup 17", "price": 9.9, "views": 3, "total_cost": 10.25},
    {"id": 18, "name": "Jug 18", "price": 5.0, "views": 0, "total_cost": 4.5},
    {"id": 21, "name": "Pot 21", "price": 7.5, "views": 2, "total_cost": 0.0},
    {"id": 22, "name": "Pan 22", "price": 3.0, "views": 1, "total_cost": 2.75},
    {"id": 25, "name": "Lid 25", "price": 2.0, "views": 4, "total_cost": 20.5},
]
COSTS = {17: 2, 18: 1, 21: 0, 22: 1, 25: 3}
"""How many costs each has."""
REPORT: Row = {
    "product_id": 17,
    "name": "Cup 17",
    "currency": "USD",
    "rate": 1.0831,
    "total_cost": 11.1018,
    "lines": [{"label": "freight", "amount": 5.956}, {"label": "customs", "amount": 5.1457}],
}


def page(change: Callable[[Row], Row]) -> list[Row]:
    """The page with every row changed."""
    return [{**row, **change(row)} for row in PAGE]


def of(actual: Any, expected: Any = PAGE) -> Mismatch:
    found = told(actual, expected, "the list")
    assert found
    return found


def words(actual: Any, expected: Any = PAGE) -> tuple[str, str, str]:
    found = of(actual, expected)
    return found.reason, repr(found.expected), repr(found.actual)


def fanned_out(row: Row) -> Row:
    costs = max(1, COSTS[row["id"]])
    return {"views": row["views"] * costs, "total_cost": row["total_cost"] * max(1, row["views"])}


def test_right_rows_are_no_mismatch() -> None:
    assert told(page(lambda row: {"more": 1}), PAGE, "the list") is None


def test_a_wrong_field_names_its_product() -> None:
    rows = [*PAGE[:2], {**PAGE[2], "views": 9}, *PAGE[3:]]
    assert words(rows) == ("views of product 21 (the third row) is wrong", "2", "9")


def test_other_wrong_rows_are_counted() -> None:
    assert of(page(lambda row: {"views": row["views"] + 7})).reason == (
        "views of product 17 (the first row) is wrong; 4 more rows are wrong"
    )
    rows = [{**row, "price": 1.0} if row["id"] < 20 else row for row in PAGE]
    assert of(rows).reason.endswith("; 1 more row is wrong")


def test_a_row_far_down_is_told_by_its_number() -> None:
    many = [{"id": nth, "views": 1} for nth in range(100, 130)]
    assert of([*many[:-1], {"id": 129, "views": 2}], many).reason == (
        "views of product 129 (row 30) is wrong"
    )


def test_a_field_that_is_not_there_is_said() -> None:
    rows = [{key: value for key, value in row.items() if key != "price"} for row in PAGE]
    assert words(rows)[2] == "no such field"


def test_sums_that_two_joins_multiply_are_called_so() -> None:
    found = of(page(fanned_out))
    assert found.help.startswith("Sums are multiplied: two joins")


@pytest.mark.parametrize(
    "change",
    [
        lambda row: {"views": row["views"] + 1},
        lambda row: {**fanned_out(row), "price": row["price"] + 1},
        lambda row: {**fanned_out(row), "views": row["views"] * 3 + (row["id"] == 17)},
        lambda row: {"total_cost": row["total_cost"] * 2},
    ],
    ids=["one more", "something else too", "not all explained", "doubled"],
)
def test_what_joins_do_not_explain_is_not_called_multiplied(change: Callable[[Row], Row]) -> None:
    assert "join" not in of(page(change)).help


def test_one_view_that_is_counted_twice_is_no_join() -> None:
    rows = [*PAGE[:3], {**PAGE[3], "views": 2}, PAGE[4]]
    assert words(rows) == ("views of product 22 (the fourth row) is wrong", "1", "2")
    assert of(rows).help == ""


def test_views_alone_that_are_repeated_are_told_apart() -> None:
    found = of(page(lambda row: {"views": row["views"] * max(1, COSTS[row["id"]]) * 2}))
    assert found.help == "Views are counted more than once: does a join repeat their rows?"


def test_counting_rows_of_an_outer_join_is_known() -> None:
    none = [{**row, "views": 0} for row in PAGE]
    assert "count their ids" in of([{**row, "views": 1} for row in PAGE], none).help


@pytest.mark.parametrize(
    ("kept", "reason", "help"),
    [
        ([0, 3, 4], "2 of 5 products are missing, first product 18", "without views or costs"),
        ([0, 2, 3, 4], "product 18 is missing", "without views:"),
        ([0, 1, 3, 4], "product 21 is missing", "without costs:"),
        ([0, 1, 2, 3], "product 25 is missing", "does the limit cut joined rows"),
        ([1, 2, 3, 4], "product 17 is missing", ""),
        ([], "5 of 5 products are missing, first product 17", ""),
    ],
)
def test_missing_products_come_first_and_the_join_that_drops_them(
    kept: list[int], reason: str, help: str
) -> None:
    rows = page(fanned_out)
    found = of([rows[nth] for nth in kept])
    assert found.reason == reason
    assert help in found.help
    assert bool(help) == bool(found.help)


def test_a_page_that_an_inner_join_fills_up_with_later_products_is_missing_some() -> None:
    later = [{"id": nth, "name": "x", "price": 1.0, "views": 1, "total_cost": 1.0} for nth in (30, 31)]
    found = of([PAGE[0], *PAGE[3:], *later])
    assert words([PAGE[0], *PAGE[3:], *later])[1:] == (
        "product 18 in the second row",
        "product 22 in the second row",
    )
    assert "An inner join drops products without views or costs" in found.help


def test_the_same_rows_in_another_order() -> None:
    assert words(PAGE[::-1]) == (
        "the same rows in another order",
        "product 17 in the first row",
        "product 25 in the first row",
    )
    assert of(page(fanned_out)[::-1]).reason == "rows in another order, and some are wrong"


def test_a_product_that_is_there_twice() -> None:
    assert of([PAGE[0], *PAGE]).reason == "product 17 is there 2 times"


def test_products_too_many() -> None:
    assert words([*PAGE, {"id": 99}]) == ("1 product too many", "5 rows", "product 99 in the sixth row")


@pytest.mark.parametrize("actual", [None, {}, 7, "rows", [None], [{"id": "17"}], [{"id": None}], [[]]])
def test_what_is_no_list_of_products_is_said_too(actual: Any) -> None:
    assert of(actual).reason.startswith("the number of rows is wrong in the list")
    assert of(actual, [{"id": 17}]).reason


def test_lists_of_another_length() -> None:
    assert words({**REPORT, "lines": REPORT["lines"][:1]}, REPORT) == (
        "the number of rows of lines is wrong in the list",
        "2",
        "1",
    )


def test_lines_of_a_report_in_another_order() -> None:
    found = of({**REPORT, "lines": REPORT["lines"][::-1]}, REPORT)
    assert found.reason == "the same rows in another order in lines, from the first row on"
    assert "ORDER BY" in found.help


def test_a_line_of_a_report() -> None:
    lines = [REPORT["lines"][0], {"label": "customs", "amount": 9.0}]
    assert of({**REPORT, "lines": lines}, REPORT).reason == (
        "amount of the second row of lines is wrong in the list"
    )


@pytest.mark.parametrize(
    ("change", "help"),
    [
        ({"total_cost": 11.11}, "It is off by cents"),
        ({"total_cost": 11.08}, "It is off by cents"),
        ({"total_cost": 11}, "The cents are lost"),
        ({"total_cost": 12.4}, ""),
        ({"total_cost": "11.10"}, "A text stands where a number must."),
        ({"name": "USD", "currency": "Cup 17"}, "Two fields hold each other's values."),
        ({"rate": 11.1018, "total_cost": 1.0831}, "Two fields hold each other's values."),
        ({"name": "USD"}, ""),
    ],
)
def test_what_it_usually_means(change: Row, help: str) -> None:
    found = of({**REPORT, **change}, REPORT).help
    assert found.startswith(help)
    assert bool(found) == bool(help)


def test_a_cent_more_than_half_a_cent_is_wrong_and_less_is_not() -> None:
    assert told({**REPORT, "total_cost": 11.10}, REPORT, "it") is None
    assert told({**REPORT, "total_cost": 11.09}, REPORT, "it")


def test_a_null_where_nothing_is_summed_up() -> None:
    rows = page(lambda row: {"total_cost": row["total_cost"] or None})
    assert words(rows)[0] == "total_cost of product 21 (the third row) is wrong"
    assert of(rows).help == "No row to sum up gives null in SQL: make it 0."


DAYS = {"2026-02-28": 2, "2026-03-01": 5, "2026-03-02": 0}


@pytest.mark.parametrize(
    ("days", "help"),
    [
        ({"2026-02-27": 2, "2026-02-28": 5}, "Every day is one too early"),
        ({"2026-03-01": 2, "2026-03-02": 5}, "Every day is one too late"),
        ({"2026-02-28": 1, "2026-03-01": 6}, "All views are there, but some on another day"),
        ({"2026-02-28": 2, "2026-03-01": 6}, ""),
        ({"2026-02-28T00:00:00": 2, "2026-03-01T00:00:00": 5}, "Days are written as"),
        ({"2026-02-28": "2"}, ""),
    ],
)
def test_days_that_shift(days: Row, help: str) -> None:
    found = meaning.of_days(days, DAYS)
    assert found.startswith(help)
    assert bool(found) == bool(help)
