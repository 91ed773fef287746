"""graders/report/: the public format, and what is shown of it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from rich.console import Console

from graders import score
from graders.model import Budget, Bug, Finding, Kind, Observation, Outcome, Pair
from graders.report import rising, schema, text
from graders.report.build import build
from graders.report.clean import clean
from graders.report.schema import Report

TREE = Path(__file__).resolve().parent.parent
SCHEMA = TREE / "docs" / "report.schema.json"


def report(note: str = "", boots: bool = True, actual: str = "500") -> Report:
    failed = Finding(
        "b", Kind.STILL_RIGHT, 1, "the rest works", Outcome.FAILED, "it broke", "200", actual, "Look."
    )
    passed = Finding("a", Kind.NOW_RIGHT, 1, "it answers", Outcome.PASSED)
    slow, ok = Bug("slow", "Slow", "It is slow.", 30, Budget(2, 8)), Bug("ok", "Ok", "It was bad.", 10)
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


def shown(one: Report, width: int = 80) -> str:
    console = Console(width=width, color_system=None, highlight=False, markup=False)
    with console.capture() as capture:
        console.print(text.render(one, width))
    return capture.get()


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
    lines = [line.strip() for line in shown(report()).splitlines()]
    assert "x the rest works (this was right before)" in lines
    assert "expected 200, got 500" in lines
    assert "Look." in lines
    assert "- it takes 40 ms; full marks up to 20 ms" in lines
    assert not any("it answers" in line for line in lines)


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
