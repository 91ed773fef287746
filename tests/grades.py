"""Reports of observations that are made up, to be scored again."""

from __future__ import annotations

import io
from datetime import datetime, timezone
from pathlib import Path

from conftest import TREE
from rich.console import Console

from graders import engine, regrade, score, submission
from graders.checks import Probe
from graders.grading import Order
from graders.model import RULES, SLUGS, Finding, Observation, Outcome, Pair
from graders.report import revised, schema
from graders.report.build import build
from graders.report.schema import Report

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=timezone.utc)
STARTED_AT = "2026-03-14T15:09:26+00:00"
ORDER = Order(TREE, "9.9", SLUGS, 1)
PASSED, FAILED = Outcome.PASSED, Outcome.FAILED


def observed(probe: Probe, ratio: float = 1.0, failed: str = "") -> Observation:
    checks = [*probe.checks, engine.TIMED] if probe.timed else list(probe.checks)
    findings = tuple(
        Finding(c.id, c.kind, c.weight, c.line, FAILED if c.id == failed else PASSED) for c in checks
    )
    pairs = (Pair(0.0213 * ratio, 0.0213),) * 9 if probe.timed else ()
    return Observation(probe.bug, findings, pairs, {"x": 1})


def saved(*observations: Observation, trouble: str = "", rules: int = RULES) -> Report:
    return build(
        [score.grade(observation, 7) for observation in observations],
        kit=schema.Kit(version="1.0", exercise="abc", rules=rules),
        submission=schema.Submission(
            name="ada", sha256="0" * 64, changed=[], boots=not trouble, note=trouble
        ),
        machine=schema.Machine(cpus=2, python="3.11", platform="Linux", isolation="process", noise=None),
        seed=7,
        started_at=STARTED_AT,
        seconds=1.0,
    )


def again(old: Report, workspace: Path | None = None) -> Report:
    return regrade.regrade(old, ORDER, workspace, lambda doing: None, NOW)


def shown(old: Report, new: Report, lacks: dict[str, str] | None = None) -> str:
    console = Console(file=io.StringIO(), width=80)
    console.print(revised.render(old, new, lacks or {}))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def without_check(report: Report) -> Report:
    bugs = [bug.model_copy(update={"checks": bug.checks[1:]}) for bug in report.bugs]
    return report.model_copy(update={"bugs": bugs})


def graded(folder: Path, *observations: Observation) -> Report:
    """A report of what is in this folder."""
    old = saved(*observations)
    sha256 = submission.read(folder, []).sha256
    return old.model_copy(update={"submission": old.submission.model_copy(update={"sha256": sha256})})
