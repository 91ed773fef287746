"""A report of two bugs, and what a terminal shows of it."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from graders import score
from graders.model import Budget, Bug, Finding, Kind, Observation, Outcome, Pair
from graders.report import schema, text
from graders.report.build import build
from graders.report.schema import Check, Report


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
