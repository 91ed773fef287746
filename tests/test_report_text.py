"""graders/report/text.py, plain.py, clean.py and rising.py: what is shown of a report, on any terminal."""

from __future__ import annotations

from typing import Any

import pytest
from rich.console import Console
from screens import report, said, shown

from graders.model import SLUGS, Verdict
from graders.report import plain, rising, schema
from graders.report.clean import clean
from graders.report.schema import Report


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
