"""graders/checks.py: what counts as the same answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from graders.checks import expect, first_difference, moment
from graders.trial import Failure


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (1, 1.0),
        (1.004, 1.0),
        ({"a": 1, "more": 2}, {"a": 1}),
        ([{"a": [1, 2]}], [{"a": [1, 2]}]),
        (None, None),
        ("x", "x"),
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


def test_a_failure_says_what_was_expected_and_what_came() -> None:
    with pytest.raises(Failure) as caught:
        expect({"views": 9}, {"views": 3}, "the answer", "Sums are multiplied.")
    failure = caught.value
    assert (failure.reason, failure.expected, failure.actual) == (
        "views is wrong in the answer",
        "3",
        "9",
    )
    assert failure.help == "Sums are multiplied."


@pytest.mark.parametrize(
    "text",
    ["2026-03-14T15:09:26", "2026-03-14T15:09:26Z", "2026-03-14T16:09:26+01:00", "2026-03-14 15:09:26"],
)
def test_a_time_is_the_same_with_any_offset(text: str) -> None:
    assert moment(text, "it") == datetime(2026, 3, 14, 15, 9, 26)


@pytest.mark.parametrize("value", [None, 5, "yesterday", []])
def test_what_is_no_time_is_a_failure(value: Any) -> None:
    with pytest.raises(Failure, match="no time"):
        moment(value, "it")
