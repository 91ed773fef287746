"""doctor/examine.py: all looks one after the other, whatever breaks; the real machine in one slow test."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import machines
import pytest
from conftest import TREE
from machines import answers, graded, quiet

from doctor import examine
from doctor.command import Outcome
from doctor.examine import Check
from doctor.finding import Finding, Level, failure, ok, warning, would_fail
from doctor.interview import Interview, Means

here = pytest.fixture(machines.here)


def look(*findings: Finding | Exception) -> Callable[..., Iterator[Finding]]:
    """A look that finds this."""

    def looking(*arguments: Any) -> Iterator[Finding]:
        for finding in findings:
            if isinstance(finding, Exception):
                raise finding
            yield finding

    return looking


def test_all_is_looked_at_and_said_at_once(here: Interview) -> None:
    means = Means(
        run=answers(metadata=Outcome(True, "99\n" * 4), version=Outcome(True, "3.11.4")),
        room=lambda path: 10**11,
        grade=lambda folder, given, progress: graded(),
        cores=lambda: 2,
    )
    doing: list[str] = []
    findings = examine.examine(here, doing.append, means)
    assert next(findings).name == "python"
    assert doing == ["starting python3"]
    rest = {finding.name: finding.level for finding in findings}
    assert {name for name, level in rest.items() if level is not Level.OK} == {"isolation"}
    assert len(rest) == 13
    assert len(doing) == len(examine.CHECKS)


def test_a_look_that_breaks_is_a_failure_and_the_others_go_on(here: Interview) -> None:
    checks = (
        Check("a", "", look(ok("a", "fine"), KeyError("x"))),
        Check("b", "", look(OSError(28, "No space left on device", "/tmp/x"))),
        Check("c", "", look(ok("c", "fine"))),
    )
    findings = list(examine.examine(here, quiet, Means(), checks))
    assert [(finding.name, finding.level.value) for finding in findings] == [
        ("a", "ok"),
        ("a", "failure"),
        ("b", "failure"),
        ("c", "ok"),
    ]
    assert "KeyError: 'x'" in findings[1].sentence
    assert "No space left on device: /tmp/x" in findings[2].sentence


def test_what_needs_something_broken_is_not_tried(here: Interview) -> None:
    checks = (
        Check("a", "", look(failure("a", "broken", "mend a"))),
        Check("b", "", look(warning("b", "so so"))),
        Check("c", "", look(ok("c", "tried")), needs=("b", "a")),
        Check("d", "", look(ok("d", "tried")), needs=("b",)),
    )
    findings = list(examine.examine(here, quiet, Means(), checks))
    assert findings[2] == warning("c", "Not tried, for a must be mended first.", "mend a")
    assert findings[3] == ok("d", "tried")


@pytest.mark.parametrize(("seconds", "moved"), [(0.3, False), (-3600, True), (5, True)])
def test_a_clock_that_is_set_meanwhile(here: Interview, seconds: float, moved: bool) -> None:
    times = [datetime(2026, 11, 24, tzinfo=timezone.utc)]

    def set_clock(*arguments: Any) -> Iterator[Finding]:
        times[0] += timedelta(seconds=seconds)
        yield ok("a", "fine")

    means = Means(now=lambda: times[0], monotonic=lambda: 0.0)
    findings = list(examine.examine(here, quiet, means, (Check("a", "", set_clock),)))
    assert [finding.level for finding in findings[1:]] == ([Level.WARNING] if moved else [])


def test_only_a_failure_ends_an_interview() -> None:
    assert not would_fail([ok("a", ""), warning("b", "")])
    assert would_fail([ok("a", ""), failure("b", "")])


@pytest.mark.slow
def test_this_machine(here: Interview) -> None:
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(here.temporary)}
    real = replace(here, environment=environment, platform=sys.platform, python=Path(sys.executable))
    found = {finding.name: finding for finding in examine.examine(real, quiet)}
    assert [found[name].level.value for name in ("python", "packages", "venv", "exercise")] == ["ok"] * 4
    assert {"pip", "speed"} < set(found)
    assert {path.name for path in here.temporary.iterdir()} <= {".cache"}


def test_it_can_be_asked_where_the_packages_are_missing() -> None:
    heavy = "{'fastapi', 'sqlalchemy', 'httpx', 'pydantic', 'uvicorn'}"
    code = f"import sys, doctor.examine, doctor.text; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=TREE, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
