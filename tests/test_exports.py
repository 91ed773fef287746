"""What other tools read: each export by its schema and by a real reader."""

from __future__ import annotations

import itertools
import json
import math
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import junitparser
import pytest
import xmlschema
import xunitparser  # type: ignore[import-untyped]
from gslocal import results as gslocal  # type: ignore[import-untyped]
from markdown_it import MarkdownIt
from samples import HOSTILE, bug, check, report, speed

from graders.model import NOT_TRIED, Outcome, Verdict
from graders.report import classroom50, gradescope, junit, markdown
from graders.report.classroom50 import Assignment
from graders.report.clean import clean
from graders.report.schema import Mistake, Report

FORMATS = Path(__file__).parent / "formats"
JUNIT = xmlschema.XMLSchema(FORMATS / "junit.xsd")
TEXTS = ("500", *HOSTILE)
REPORTS = [report(text=text, boots=boots) for text in TEXTS for boots in (True, False)]
BLOCKS = {"\x1b", "\x07", "\r", "\x00", "\u202e", "\u2028", "\ud800"}
"""What no reader may be sent."""


def expect_schema(text: str, name: str) -> Any:
    read = json.loads(text)
    jsonschema.validate(read, json.loads((FORMATS / f"{name}.schema.json").read_text()))
    return read


@pytest.mark.parametrize("one", REPORTS)
def test_no_export_lets_a_control_through(one: Report) -> None:
    for render in (junit.render, gradescope.render, markdown.render):
        assert not BLOCKS & set(render(one))
    assert not BLOCKS & set(classroom50.render(one, ASSIGNMENT))


# JUnit XML


@pytest.mark.parametrize("one", REPORTS)
def test_junit_follows_the_schema_and_two_readers_agree_on_it(one: Report) -> None:
    text = junit.render(one)
    JUNIT.validate(text)
    suites = junitparser.JUnitXml.fromstring(text.encode())
    cases = [case for suite in suites for case in suite]
    assert suites.failures == sum(case.is_failure for case in cases) == 4
    assert sum(case.is_skipped for case in cases) == 2
    other, result = xunitparser.parse(StringIO(text))  # adds up the root's counts itself
    assert [(case.classname, case.name) for case in cases] == [(c.classname, c.methodname) for c in other]
    assert (len(result.failures), len(result.skipped)) == (4, 2)


def test_junit_says_of_each_check_what_became_of_it() -> None:
    (suites,) = [junitparser.JUnitXml.fromstring(junit.render(report(text="it broke")).encode())]
    cases = {(suite.name, case.name): case for suite in suites for case in suite}
    assert cases["n-plus-one", "latency.share"].is_passed
    (slow,) = cases["slow", "latency.share"].result
    assert slow.message == "speed 41%, at least 80% needed"
    assert slow.text.splitlines() == [
        "it takes 0 ms for 32 reports at once; full marks up to 0 ms",
        "the reference takes 0 ms; 9 pairs, speed between 40% and 42%",
    ]
    assert "pair by pair: 0.05/0.02, 0.03/0.02" in cases["slow", "latency.share"].system_out
    assert "too noisy" in cases["noisy", "latency.share"].result[0].message
    assert cases["unseen", "fail_to_pass.fresh"].is_skipped
    (failure,) = cases["zero-pool", "pass_to_pass.rest"].result
    assert failure.message == "it is rest (this was right before): it broke"
    assert failure.text.splitlines()[2:] == [
        "expected: 200",
        "actual: it broke",
        "help: Look closer.",
        "fails the same checks as a known wrong fix, pool-of-one: it *waits*",
    ]
    assert not cases["zero-pool", "pass_to_pass.rest"].system_out


@pytest.mark.parametrize(("share", "said"), [(0.0, "0%"), (0.7996, "80%"), (0.796, "79.6%")])
def test_junit_says_how_fast_in_percent(share: float, said: str) -> None:
    text = junit.render(report([bug("a", 1, 1, Verdict.PARTLY_FIXED, speed=speed(share))]))
    assert f'message="speed {said}, at least 80% needed"' in text


def test_junit_says_in_every_suite_what_was_graded() -> None:
    suites = junitparser.JUnitXml.fromstring(junit.render(report(text="ada")).encode())
    for suite in suites:
        said = {one.name: one.value for one in suite.properties()}  # type: ignore[no-untyped-call]
        assert (said[f"{suite.name}.submission"], said[f"{suite.name}.seed"]) == ("ada", "7")


def untried() -> Report:
    """A report with a check that was not tried."""
    left_out = check("after", Outcome.FAILED, reason=f"{NOT_TRIED}: answers")
    return report([bug("zero-pool", 20, 0, Verdict.NOT_FIXED, checks=[check("right"), left_out])])


def test_what_was_not_tried_does_not_look_failed() -> None:
    text = junit.render(untried())
    JUNIT.validate(text)
    suites = junitparser.JUnitXml.fromstring(text.encode())
    cases = [case for suite in suites for case in suite]
    assert [(case.is_skipped, case.is_failure) for case in cases] == [(False, False), (True, False)]
    rows = expect_schema(gradescope.render(untried()), "gradescope")["tests"]
    assert [row.get("status") for row in rows] == ["failed", "passed", None]
    assert "not tried" in rows[2]["output"]
    assert "is after" not in markdown.render(untried())


def test_exports_say_that_a_report_was_scored_again() -> None:
    line = "Scored again on 2026-10-01: it was not fixed, 1 (kit 1.0, rules 2)."
    assert line in json.loads(gradescope.render(report(regraded=True)))["output"].splitlines()
    assert line in markdown.render(report(regraded=True)).splitlines()
    assert "Scored again" not in gradescope.render(report()) + markdown.render(report())


def test_no_export_asserts_which_wrong_fix_it_was() -> None:
    known = [Mistake(name=name, reason="it waits") for name in ("one", "two")]
    failed = check("answers", Outcome.FAILED)
    made = report([bug("zero-pool", 20, 0, Verdict.NOT_FIXED, checks=[failed], mistakes=known)])
    lines = ["fails the same checks as a known wrong fix, one: it waits", "or two: it waits"]
    page = markdown.render(made)
    (case,) = next(iter(junitparser.JUnitXml.fromstring(junit.render(made).encode())))
    assert all(f"- {line}" in page.splitlines() for line in lines)
    assert case.result[0].text.splitlines() == lines
    assert "\n".join(lines) in json.loads(gradescope.render(made))["tests"][0]["output"]


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ('time="6.543"', 'time="6.54321"'),
        ('time="6.543"', 'time="6e-05"'),
        ('errors="0" time', 'errors="0" skipped="2" time'),
        ("<testcase ", '<testcase file="x.py" '),
        ('name="latency.share"', 'name="fail_to_pass.right"'),
    ],
)
def test_the_junit_schema_refuses_what_some_reader_refuses(good: str, bad: str) -> None:
    text = junit.render(report())
    assert good in text
    assert not JUNIT.is_valid(text.replace(good, bad, 1))


# Gradescope


@pytest.mark.parametrize("one", REPORTS)
def test_gradescope_follows_the_schema_and_a_reader_adds_it_up(
    one: Report, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = gradescope.render(one)
    read = expect_schema(text, "gradescope")
    assert read["score"] == one.score_low == pytest.approx(sum(row.get("score", 0) for row in read["tests"]))
    (tmp_path / "results.json").write_text(text)
    gslocal.format_results(tmp_path / "results.json")
    assert f"{one.score_low:.2f} / {one.points:.2f}" in capsys.readouterr().out


def test_gradescope_numbers_bugs_and_checks_and_leaves_open_what_is() -> None:
    read = json.loads(gradescope.render(report(), datetime.fromisoformat("2026-09-01T10:00:00-07:00")))
    rows = {row["number"]: row for row in read["tests"]}
    assert (rows["1"]["status"], rows["2"]["status"], rows["2.2"]["status"]) == ("passed", "failed", "failed")
    assert "score" not in rows["2.2"]
    assert "status" not in rows["4"]
    assert "between 4.2 and 5 of 5" in rows["4"]["output"]
    assert "between 66.9 and 72.7 of 120" in read["output"]
    assert "pool-of-one: it *waits*" in rows["6"]["output"]
    assert read["extra_data"]["kit"]["submitted_at"] == "2026-09-01T17:00:00+00:00"
    assert [place["name"] for place in read["leaderboard"]] == ["points", "share of the possible speed-up"]


def test_gradescope_shares_are_compared_over_all_bugs() -> None:
    rows = [bug("a", 1, 1, Verdict.FIXED), bug("b", 1, 0, Verdict.NOT_FIXED)]
    assert json.loads(gradescope.render(report(rows)))["leaderboard"][1]["value"] == 0.5


# Classroom 50

ASSIGNMENT = Assignment(
    classroom="shop",
    assignment="debug",
    submission="submit/2026-09-01T10-00-00Z-a1b2c3d",
    commit="https://example.org/commit/1",
    release="https://example.org/releases/1",
    review="https://example.org/compare/0...1",
    owner="ada",
    kind="individual",
)


@pytest.mark.parametrize("one", REPORTS)
def test_classroom50_follows_the_schema_and_adds_up(one: Report) -> None:
    read = expect_schema(classroom50.render(one, ASSIGNMENT), "classroom50")
    assert read["score"] == sum(test["score"] for test in read["tests"]) == math.ceil(one.score_low or 0)
    assert read["max-score"] == sum(test["max-score"] for test in read["tests"]) == one.points
    assert all(test["score"] <= test["max-score"] for test in read["tests"])
    exact = [test["kit_evidence"]["score_low"] for test in read["tests"]]
    assert sum(exact) == pytest.approx(one.score_low)


def test_rounding_takes_nothing_from_the_total_and_invents_no_point() -> None:
    for tenths in itertools.product((0, 1, 5, 9, 10, 149, 150), repeat=3):
        scores = [tenth / 10 for tenth in tenths]
        whole = classroom50.whole(scores)
        assert sum(whole) == math.ceil(sum(tenths) / 10)
        assert all(abs(rounded - score) < 1 for rounded, score in zip(whole, scores, strict=True))
        assert all(rounded == score for rounded, score in zip(whole, scores, strict=True) if score % 1 == 0)


def test_the_time_of_submission_never_moves() -> None:
    first, again = (
        json.loads(classroom50.render(report(regraded=regraded), ASSIGNMENT)) for regraded in (False, True)
    )
    assert first["datetime"] == again["datetime"] == "2026-09-01T10:00:00Z"
    assert "graded_at" not in first
    assert again["graded_at"] == "2026-10-01T00:00:00Z"
    given = datetime.fromisoformat("2026-08-31T23:59:59.5+00:00")
    assert json.loads(classroom50.render(report(), ASSIGNMENT, given))["datetime"] == "2026-08-31T23:59:59Z"


# Markdown


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("boots", [True, False])
def test_markdown_of_hostile_text_is_that_text(text: str, boots: bool) -> None:
    page = markdown.render(report(text=text, boots=boots))
    blocks = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(page)
    inline = [token for block in blocks for token in block.children or ()]
    kinds = {token.type for token in (*blocks, *inline)}
    assert not kinds & {"html_block", "html_inline", "link_open", "image", "strong_open", "em_open", "s_open"}
    assert not kinds & {"hardbreak", "fence", "code_block", "blockquote_open", "hr"}
    assert [token.type for token in blocks].count("table_open") == 1
    assert [token.tag for token in blocks if token.type == "heading_open"] == ["h1", *["h2"] * 6]
    spans = {token.content.strip() for token in inline if token.type == "code_inline"}
    assert (clean(text).strip() or "-") in spans | {"-"}
    words = "".join(token.content for token in inline if token.type == "text")
    assert not {"@", "://", "www.", "#1"} & {mark for mark in ("@", "://", "www.", "#1") if mark in words}


def test_markdown_shows_the_table_and_what_is_missing() -> None:
    page = markdown.render(report(text="KeyError: 7"))
    assert "| unstable-cache | partly fixed | 25.4 of 35 | 80% | - | - | - |" in page
    assert "| noisy | inconclusive | between 4.2 and 5 of 5 | 100% | 81% | 0 ms | 0 ms |" in page
    assert "- failed: it is rest (this was right before)\n  - reason: `KeyError: 7`" in page
    assert f"- {markdown.MARKS[Outcome.UNKNOWN]}: it is fresh" in page
    assert "fails the same checks as a known wrong fix, pool-of-one: it \\*waits\\*" in page
    assert "- it takes 0 ms for 32 reports at once; full marks up to 0 ms" in page
