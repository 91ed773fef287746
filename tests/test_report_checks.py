"""graders/report/text.py: how a check that failed is explained, on one screen and with --verbose."""

from __future__ import annotations

from screens import check, of_checks, report, said, shown

from graders.model import NOT_TRIED, Kind, Outcome
from graders.report.schema import Check, Mistake


def test_what_failed_is_explained() -> None:
    lines = said(report())
    start = lines.index("x the rest works (this was right before)")
    assert lines[start + 1 : start + 4] == ["asked: GET /b", "it broke: expected 200, got 500", "Look."]
    assert "- it takes 40 ms for ten reports; full marks up to 20 ms (2 x the reference)" in lines
    assert not any("it answers" in line for line in lines)


def test_what_is_empty_is_left_out() -> None:
    lines = said(of_checks(check("a", expected="200"), check("b")))
    assert {"it broke: expected 200", "it broke"} <= set(lines)
    assert not any("asked" in line for line in lines)


def test_one_screen_explains_the_first_two_and_names_the_others() -> None:
    lines = said(of_checks(*(check(id, reason=f"{id} broke") for id in "abcd")))
    assert {"x a works", "a broke", "x b works", "b broke"} <= set(lines)
    assert "... and 2 more: c, d (kit grade --verbose)" in lines
    assert not {"x c works", "c broke"} & set(lines)


def test_two_are_explained_without_a_word_of_more() -> None:
    assert not any("more:" in line for line in said(of_checks(check("a"), check("b", reason="other"))))


def test_the_same_explanation_is_said_once() -> None:
    lines = said(of_checks(check("a", asked="GET /"), check("b", asked="GET /"), check("c", reason="other")))
    start = lines.index("x a works")
    assert lines[start : start + 5] == ["x a works", "x b works", "asked: GET /", "it broke", "x c works"]


def test_what_could_not_be_told_takes_one_line() -> None:
    lines = said(of_checks(check("a", Outcome.UNKNOWN, "the list is down", help="Wait.")))
    assert "? a: the list is down" in lines
    assert not {"a works", "Wait."} & set(lines)


def test_what_only_repeats_is_left_to_verbose() -> None:
    one = of_checks(check("a"), check("b", reason=f"{NOT_TRIED}: a"))
    assert not any(NOT_TRIED in line for line in said(one))
    assert f"{NOT_TRIED}: a" in said(one, verbose=True)


def test_verbose_shows_every_check_with_its_id() -> None:
    one = of_checks(*(check(id, reason=f"{id} broke") for id in "abcd"), check("e", Outcome.PASSED))
    lines = said(one, verbose=True)
    assert {f"x {id}: {id} works" for id in "abcd"} | {f"{id} broke" for id in "abcd"} <= set(lines)
    assert "+ e: e works" in lines
    assert not any("--verbose" in line for line in lines)


def test_what_was_not_tried_is_marked_as_neither_right_nor_wrong() -> None:
    made = of_checks(check("a"), check("b", reason=f"{NOT_TRIED}: a"))
    assert {"x a: a works", "- b: b works"} <= set(said(made, verbose=True))


def test_a_passed_check_stays_in_one_line() -> None:
    passed = Check(id="a", kind=Kind.NOW_RIGHT, weight=1, outcome=Outcome.PASSED, line="word " * 30)
    lines = [line for line in said(of_checks(passed), verbose=True) if "word" in line]
    assert len(lines) == 1
    assert len(lines[0]) <= 80


def test_a_known_wrong_fix_is_named() -> None:
    mistakes = [Mistake(name="both-joined", reason="It fans out."), Mistake(name="other", reason="Too.")]
    assert "fails the same checks as a known wrong fix, both-joined: It fans out." in said(
        of_checks(check("a"), mistakes=mistakes[:1])
    )
    assert "or other: Too." in said(of_checks(check("a"), mistakes=mistakes))


def test_one_known_wrong_fix_says_it_better_than_help_on_one_screen() -> None:
    mistakes = [Mistake(name="both-joined", reason="It fans out."), Mistake(name="other", reason="Too.")]
    one = of_checks(check("a", help="Look there."), mistakes=mistakes[:1])
    assert "Look there." not in said(one)
    assert "Look there." in said(one, verbose=True)
    assert "Look there." in said(of_checks(check("a", help="Look there."), mistakes=mistakes))


def test_a_submission_that_is_partly_fixed_fits_one_screen() -> None:
    """With the longest words of two bugs: an error with its place, and a wrong fix that is known."""
    made = report()
    failed = check(
        "fresh",
        reason="views is wrong in the window since 2026-10-25 13:11:18",
        asked="a view stored, 2.4 s waited, then GET /products/2614/analytics",
        expected="567",
        actual="566",
        help="An answer older than two seconds: drop each entry when its time has come.",
    )
    crash = check(
        "one",
        reason="the answer is a 500",
        asked="GET /products/32/report?currency=EUR",
        expected="200",
        actual="app/database.py, line 43: ValueError: max_workers must be greater than 0",
    )
    mistake = Mistake(
        name="cached-for-ever", reason="Kept by product and never dropped: views are not counted."
    )
    first = made.bugs[1].model_copy(update={"checks": [failed], "mistakes": [mistake]})
    bugs = [first, made.bugs[1].model_copy(update={"checks": [crash]})]
    fixed = made.bugs[0].model_copy(update={"checks": [], "speed": None})
    whole = made.model_copy(update={"bugs": [fixed, *bugs, fixed]})
    assert len(shown(whole).splitlines()) <= 24
