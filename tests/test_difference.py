"""graders/difference.py: what counts as the same answer, and where two differ."""

from __future__ import annotations

from typing import Any

import pytest

from graders.difference import first_difference, leaves


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (1, 1.0),
        (1.004, 1.0),
        ({"a": 1, "more": 2}, {"a": 1}),
        ([{"a": [1, 2]}], [{"a": [1, 2]}]),
        (None, None),
        ("x", "x"),
        ({"b": 1, "a": 2}, {"a": 2, "b": 1}),
        ({}, {"a": None}),
    ],
)
def test_these_mean_the_same(actual: Any, expected: Any) -> None:
    assert first_difference(actual, expected) is None


@pytest.mark.parametrize(
    ("actual", "expected", "where"),
    [
        (1.006, 1.0, ""),
        (True, 1, ""),
        ("1", 1, ""),
        (None, 0, ""),
        ({}, {"a": None, "b": 1}, ".b"),
        ([1], [1, 2], ".length"),
        ({"a": [{"b": 1}, {"b": 3}]}, {"a": [{"b": 1}, {"b": 2}]}, ".a[1].b"),
        ([], {"a": 1}, ""),
        ({"a": 1}, [1], ".length"),
    ],
)
def test_these_differ_and_it_is_said_where(actual: Any, expected: Any, where: str) -> None:
    difference = first_difference(actual, expected)
    assert difference
    assert difference[0] == where


def test_every_place_is_found_and_a_field_that_is_not_there_is_no_null() -> None:
    found = list(leaves({"a": 1, "c": None}, {"a": 2, "b": 3, "c": 0}))
    assert [path for path, _, _ in found] == [("a",), ("b",), ("c",)]
    assert [repr(actual) for _, actual, _ in found] == ["1", "no such field", "None"]
