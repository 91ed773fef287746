"""graders/report/: the public format, and what is shown of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from rich.console import Console

from graders import score
from graders.model import NOT_TRIED, SLUGS, Budget, Bug, Finding, Kind, Observation, Outcome, Pair, Verdict
from graders.report import plain, rising, schema, text
from graders.report.build import build
from graders.report.clean import clean
from graders.report.schema import Check, Mistake, Report

TREE = Path(__file__).resolve().parent.parent
SCHEMA = TREE / "docs" / "report.schema.json"


def report(note: str = "", boots: bool = True, actual: str = "500") -> Report:
    failed = Finding(
        "b",
        Kind.STILL_RIGHT,
        1,
        "the rest works",
        Outcome.FAILED,
        "it broke",
        asked="GET /b",
        expected="200",
        actual=actual,
        help="Look.",
    )
    passed = Finding("a", Kind.NOW_RIGHT, 1, "it answers", Outcome.PASSED)
    slow = Bug("slow", "Slow", "It is slow.", 30, Budget(2, 8), "ten reports")
    ok = Bug("ok", "Ok", "It was bad.", 10)
    observations = [
        Observation(slow, (passed,), tuple([Pair(0.04, 0.01)] * 5), {"statements": 3}),
        Observation(ok, (passed, failed), (), {}),
    ]
    return build(
        [score.grade(observation, 1) for observation in observations],
        kit=schema.Kit(version="1", exercise="abc"),
        submission=schema.Submission(
            name="shop", sha256="0", changed=["app/main.py"], boots=boots, note=note
        ),
        machine=schema.Machine(cpus=2, python="3.11", platform="Linux", isolation="process", noise=None),
        seed=5,
        started_at="2026-03-14T15:09:26+00:00",
        seconds=1.234,
    )


def shown(one: Report, width: int = 80, verbose: bool = False) -> str:
    console = Console(width=width, color_system=None, highlight=False, markup=False)
    with console.capture() as capture:
        console.print(text.render(one, width, verbose=verbose))
    return capture.get()


def check(id: str, outcome: Outcome = Outcome.FAILED, reason: str = "it broke", **said: str) -> Check:
    return Check(
        id=id, kind=Kind.NOW_RIGHT, weight=1, outcome=outcome, line=f"{id} works", reason=reason, **said
    )


def of_checks(*checks: Check, **changed: Any) -> Report:
    """A report whose second bug has these checks."""
    made = report()
    bugs = [made.bugs[0], made.bugs[1].model_copy(update={"checks": list(checks), **changed})]
    return made.model_copy(update={"bugs": bugs})


def said(one: Report, width: int = 80, verbose: bool = False) -> list[str]:
    return [line.strip() for line in shown(one, width, verbose).splitlines()]


def test_scores_add_up() -> None:
    made = report()
    assert [bug.score for bug in made.bugs] == [22.5, 0.0]
    assert (made.score, made.points, made.verdict) == (22.5, 40, "regressed")


def test_the_json_follows_the_published_schema_and_reads_back() -> None:
    made = json.loads(report().as_json())
    jsonschema.validate(made, json.loads(SCHEMA.read_text()))
    assert made["schema"] == "debugkit/report/v1"
    assert Report.model_validate(made) == report()


def test_the_published_schema_is_current() -> None:
    """Write it anew with: scripts/schema"""
    assert json.loads(SCHEMA.read_text()) == Report.model_json_schema()


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


def test_verbose_shows_what_was_measured_and_counted_and_with_what() -> None:
    made = report()
    machine = made.machine.model_copy(update={"versions": {"fastapi": "0.1"}})
    lines = said(made.model_copy(update={"machine": machine}), verbose=True)
    measured = "5 pairs: 4 x the reference's 10 ms, share 50% (95% interval 50% to 50%), noise"
    assert any(line.startswith(measured) for line in lines)
    assert "statements: 3" in lines
    assert {"python 3.11, fastapi 0.1", "kit 1, rules 1, exercise abc", "changed: app/main.py"} <= set(lines)
    assert not {"statements: 3", "changed: app/main.py"} & set(said(made))


def with_speed(**changed: Any) -> Report:
    """A report of the bug that is timed."""
    made = report()
    assert made.bugs[0].speed
    speed = made.bugs[0].speed.model_copy(update=changed)
    bugs = [made.bugs[0].model_copy(update={"speed": speed})]
    return made.model_copy(update={"bugs": bugs, "machine": made.machine.model_copy(update={"noise": 0.2})})


@pytest.mark.parametrize(("pairs", "start"), [(1, "1 pair: 4 x"), (2, "2 pairs: 4 x")])
def test_of_few_pairs_neither_interval_nor_noise_is_said(pairs: int, start: str) -> None:
    lines = said(with_speed(pairs=pairs), verbose=True)
    assert any(line.startswith(start) for line in lines)
    assert not any("interval" in line or "noise" in line for line in lines)
    assert "noise" not in plain.provenance(with_speed(pairs=pairs))
    whole = " ".join(said(with_speed(pairs=3), verbose=True))
    assert "interval" in whole and "noise 20%" in whole


def test_an_old_report_does_not_say_what_was_timed() -> None:
    assert "- it takes 40 ms; full marks up to 20 ms (2 x the reference)" in said(with_speed(work=""))


def test_what_was_not_tried_is_marked_as_neither_right_nor_wrong() -> None:
    made = of_checks(check("a"), check("b", reason=f"{NOT_TRIED}: a"))
    assert {"x a: a works", "- b: b works"} <= set(said(made, verbose=True))


def test_a_passed_check_stays_in_one_line() -> None:
    passed = Check(id="a", kind=Kind.NOW_RIGHT, weight=1, outcome=Outcome.PASSED, line="word " * 30)
    lines = [line for line in said(of_checks(passed), verbose=True) if "word" in line]
    assert len(lines) == 1
    assert len(lines[0]) <= 80


def test_a_score_that_is_open_is_a_range() -> None:
    made = report().model_copy(update={"score_low": 58.0, "score_high": 73.0})
    assert any("58 to 73 of 40" in line for line in said(made))
    bug = made.bugs[0].model_copy(update={"score_low": 15.0, "score_high": 30.0, "note": "Too noisy."})
    lines = said(made.model_copy(update={"bugs": [bug]}))
    assert any("slow" in line and "15 to 30 of 30" in line for line in lines)
    assert "Too noisy." in lines


@pytest.mark.parametrize(("low", "high"), [(None, None), (22.5, 22.5)])
def test_a_score_that_is_settled_is_one_number(low: float | None, high: float | None) -> None:
    made = report().model_copy(update={"score_low": low, "score_high": high})
    assert any(line.endswith("22.5 of 40") for line in said(made))


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


def test_files_that_the_grader_does_not_use_are_named() -> None:
    made = report()
    changed = ["app/main.py", "app/rates.py", "test_load.py"]
    submission = made.submission.model_copy(update={"changed": changed})
    assert "Changed, but not used by the grader: app/rates.py, test_load.py." in said(
        made.model_copy(update={"submission": submission})
    )
    assert not any("not used" in line for line in said(made))


def test_a_report_that_was_scored_again_says_what_it_was() -> None:
    was = schema.Regraded(
        at="2026-03-15T10:00:00+00:00",
        kit=schema.Kit(version="0.9", exercise="abc", rules=1),
        score=12.5,
        verdict=Verdict.PARTLY_FIXED,
    )
    lines = said(report().model_copy(update={"regraded": was}))
    assert "Scored again on 2026-03-15: it was partly fixed, 12.5 (kit 0.9, rules 1)." in lines
    mixed = was.model_copy(update={"observed_anew": ["ok"], "as_it_was": ["slow"]})
    whole = " ".join(said(report().model_copy(update={"regraded": mixed})))
    assert "rules 1). Observed anew: ok. As it was: slow." in whole


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


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("slug", SLUGS)
def test_a_slug_is_whole_on_every_terminal(slug: str, width: int) -> None:
    made = report()
    submission = made.submission.model_copy(update={"name": "a very long name of a folder"})
    bug = made.bugs[0].model_copy(update={"slug": slug, "score_low": 15.5, "score_high": 22.5})
    one = made.model_copy(update={"bugs": [bug], "submission": submission})
    lines = shown(one, width).splitlines()
    assert any(line.startswith(f"{slug} ") and "15.5 to 22.5 of 30" in line for line in lines)
    assert max(map(len, lines)) <= width


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_bug_verdict_and_score_are_whole_on_every_terminal(width: int) -> None:
    lines = shown(report(), width).splitlines()
    assert max(len(line) for line in lines) <= width
    assert any("slow" in line and "partly fixed" in line and "22.5 of 30" in line for line in lines)
    assert any("40 ms" in line and "10 ms" in line for line in lines) == (width >= 80)


def test_a_service_that_does_not_start_is_said_first() -> None:
    assert shown(report("No module", boots=False)).startswith("The service does not start: No module")


def test_nothing_of_a_submission_reaches_the_terminal_as_a_command() -> None:
    hostile = "\x1b[2J\x1b]0;fixed\x07 \r100 of 100 [bold red]\u202e\x9b31m"
    output = shown(report(hostile, boots=False, actual=hostile))
    assert not set(output) & set("\x1b\x07\r\u202e\x9b")
    assert "[bold red]" in " ".join(output.split())


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("plain", "plain"),
        ("a\nb\tc", "a b c"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\u202egpj", "\\u202egpj"),
        ("\udcff", "\\udcff"),
        ("x" * 400, "x" * 297 + "..."),
        ("naïve ✓", "naïve ✓"),
    ],
)
def test_clean(given: str, expected: str) -> None:
    assert clean(given) == expected


def test_a_demo_shows_a_row_for_each_step() -> None:
    console = Console(width=80, color_system=None)
    with console.capture() as capture:
        console.print(
            rising.render([("broken", report()), ("+ n-plus-one", report())], ["+ zero-pool: booting"])
        )
    output = capture.get()
    assert "22.5 of 40" in output
    assert "+ zero-pool: booting ..." in output
