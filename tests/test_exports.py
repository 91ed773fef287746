"""What other tools read: what all exports have in common."""

from __future__ import annotations

import json

import junitparser
import pytest
from samples import bug, check, report
from schemas import ASSIGNMENT, JUNIT, REPORTS, expect_schema

from graders.model import NOT_TRIED, Outcome, Verdict
from graders.report import classroom50, gradescope, junit, markdown
from graders.report.schema import Mistake, Report

BLOCKS = {"\x1b", "\x07", "\r", "\x00", "\u202e", "\u2028", "\ud800"}
"""What no reader may be sent."""


@pytest.mark.parametrize("one", REPORTS)
def test_no_export_lets_a_control_through(one: Report) -> None:
    for render in (junit.render, gradescope.render, markdown.render):
        assert not BLOCKS & set(render(one))
    assert not BLOCKS & set(classroom50.render(one, ASSIGNMENT))


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
