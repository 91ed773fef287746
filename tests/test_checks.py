"""graders/checks.py: the words in which a check fails."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from graders.checks import expect, moment
from graders.client import Request
from graders.failure import Failure, after, among, asked_at_once, asked_of


def test_a_failure_says_what_was_asked_what_was_expected_and_what_came() -> None:
    with pytest.raises(Failure) as caught:
        expect({"views": 9}, {"views": 3}, "the answer", "Look.", "GET /products")
    failure = caught.value
    assert (failure.reason, failure.asked, failure.expected, failure.actual, failure.help) == (
        "views is wrong in the answer",
        "GET /products",
        "3",
        "9",
        "Look.",
    )


def test_without_help_it_says_what_the_values_tell() -> None:
    with pytest.raises(Failure) as caught:
        expect({"views": "3"}, {"views": 3}, "the answer")
    assert caught.value.help == "A text stands where a number must."


def test_words_about_rows_are_not_quoted() -> None:
    with pytest.raises(Failure) as caught:
        expect([{"id": 2}], [{"id": 1}, {"id": 2}], "the list")
    assert (caught.value.expected, caught.value.actual) == (
        "product 1 in the first row",
        "product 2 in the first row",
    )


def test_what_is_right_is_no_failure() -> None:
    expect([{"id": 1, "more": 2}], [{"id": 1}], "the list")


@pytest.mark.parametrize(
    ("asked", "told"),
    [("GET /b", "a view stored, then GET /b"), ("", "a view stored")],
)
def test_what_was_done_before_is_said(asked: str, told: str) -> None:
    with pytest.raises(Failure) as caught, after("a view stored"):
        expect(1, 2, "it", asked=asked)
    assert caught.value.asked == told


def test_one_of_several_is_said() -> None:
    with pytest.raises(Failure) as caught, among("20 at once"):
        expect(1, 2, "it", asked="GET /b")
    assert caught.value.asked == "GET /b, one of 20 at once"


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        ("/products?limit=2", "GET /products?limit=2"),
        (Request("/a"), "GET /a"),
        (Request("/a", "POST", b'{"user_id": 7}'), 'POST /a {"user_id": 7}'),
        (Request("/a", "POST", b""), "POST /a (an empty body)"),
    ],
)
def test_a_request_is_told_so_that_one_can_repeat_it(request_: Request | str, told: str) -> None:
    assert asked_of(request_) == told


def test_requests_at_once_are_counted() -> None:
    assert asked_at_once([Request("/a")]) == "GET /a"
    assert asked_at_once([Request("/a"), Request("/b"), Request("/b")]) == "GET /a and 2 more at once"


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
