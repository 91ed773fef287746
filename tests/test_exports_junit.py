"""graders/report/junit.py: JUnit XML, by its schema and by two real readers."""

from __future__ import annotations

from io import StringIO

import junitparser
import pytest
import xunitparser  # type: ignore[import-untyped]
from samples import bug, report, speed
from schemas import JUNIT, REPORTS

from graders.model import Verdict
from graders.report import junit
from graders.report.schema import Report


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
