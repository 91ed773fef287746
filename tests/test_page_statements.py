"""graders/report/page.py: the statements of a request, counted, named and drawn."""

from __future__ import annotations

import pytest
from pages import Reader, bug, report, trace

from graders.report import page


def test_statements_before_and_after_are_counted_and_named() -> None:
    said = Reader(page.render(report())).said()
    assert "before 2001 statements" in said and "after 3 statements" in said
    assert "The first 24 are drawn, 1977 more are left out here" in said
    assert "A 200 × SELECT ?" in said and "Counted among the first 200" in said


def test_a_request_without_a_statement_has_its_picture() -> None:
    shown = page.render(report(bugs=[bug("unstable-cache", before=None, after=trace(0))]))
    said = Reader(shown).said()
    assert "after 0 statements" in said
    assert "0 statements, the request took 0 ms and answers 500." in said
    assert "drawn" not in said


@pytest.mark.parametrize(
    ("total", "kept", "said"),
    [
        (1, 1, ""),
        (3, 3, ""),
        (3, 1, "Only the first is drawn, 2 more are left out here"),
        (3, 2, "The first 2 are drawn, 1 more is left out here"),
        (3, 0, "None is drawn, 3 are left out here"),
    ],
)
def test_it_says_which_statements_are_drawn(total: int, kept: int, said: str) -> None:
    whole = trace(total)
    cut = whole.model_copy(update={"statements": whole.statements[:kept]})
    shown = Reader(page.render(report(bugs=[bug("zero-pool", before=None, after=cut)]))).said()
    count = "1 statement" if total == 1 else f"{total} statements"
    assert f"{count}, the request took {total} ms and answers 500. {said}".strip() in shown
    assert shown.count(" drawn, ") == (2 if said else 0)


@pytest.mark.parametrize(("status", "said"), [(500, "3 ms, answers 500"), (201, "3 ms"), (None, "3 ms")])
def test_a_traced_request_that_fails_says_so(status: int | None, said: str) -> None:
    traced = trace(3).model_copy(update={"status": status})
    shown = Reader(page.render(report(bugs=[bug("zero-pool", before=None, after=traced)]))).said()
    assert f"after 3 statements, {said} " in shown
    assert ("answers" in shown) == (status == 500)
