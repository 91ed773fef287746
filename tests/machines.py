"""Machines for kit doctor to look at: what is on their path, what commands answer, how a grade comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from conftest import TREE, free_port

from doctor.command import Outcome
from doctor.finding import Finding
from doctor.interview import Interview
from graders.model import Kind, Verdict
from graders.model import Outcome as Seen
from graders.report import schema
from graders.report.schema import Report

RIGHT = Outcome(True, "")
Run = Callable[[Sequence[str], Mapping[str, str], Path, float], Outcome]


def here(tmp_path: Path) -> Iterator[Interview]:
    """An interview on a machine with nothing but a python3 on its path."""
    (tmp_path / "bin").mkdir()
    program(tmp_path, "python3")
    with TemporaryDirectory(prefix="kit-") as short:  # whose path is short enough for sockets
        yield Interview(
            tree=TREE,
            version="test",
            folder=tmp_path / "shop",
            state=tmp_path / "state" / "debugkit",
            port=free_port(),
            environment={"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)},
            seed=7,
            temporary=Path(short),
            python=Path("/opt/my kit/bin/python"),
            platform="linux",
            runs_on="3.11.4",
            root=False,
        )


def program(home: Path, name: str) -> None:
    """Put a program on the path; what it does is up to `answers`."""
    (home / "bin" / name).write_text("#!/bin/sh\n")
    (home / "bin" / name).chmod(0o755)


def answers(**by_word: Outcome) -> Run:
    """Commands answer by the first of these words that they hold; others go well."""

    def run(command: Sequence[str], environment: Mapping[str, str], folder: Path, seconds: float) -> Outcome:
        line = " ".join(command)
        return next((outcome for word, outcome in by_word.items() if word in line), RIGHT)

    return run


def quiet(doing: str) -> None:
    """Progress that nobody reads."""


def one(findings: Iterator[Finding]) -> Finding:
    """The only finding."""
    (finding,) = findings
    return finding


def graded(
    verdict: Verdict = Verdict.FIXED, noise: float = 0.05, milliseconds: float = 20, note: str = ""
) -> Report:
    """A report of one bug that is worth 30 points."""
    fixed = verdict is Verdict.FIXED
    check = schema.Check(
        id="a",
        kind=Kind.NOW_RIGHT,
        weight=1,
        outcome=Seen.PASSED if fixed else Seen.FAILED,
        line="it works",
        reason="" if fixed else "it broke",
    )
    speed = schema.Speed(
        share=1,
        low=1,
        high=1,
        ratio=1,
        submission_ms=1,
        reference_ms=milliseconds,
        target_ms=1,
        baseline_ms=1,
        pairs=5,
    )
    bug = schema.BugReport(
        slug="n-plus-one",
        title="N+1",
        points=30,
        score=30 if fixed else 10,
        verdict=verdict,
        correctness=1,
        speed=speed,
        checks=[] if verdict is Verdict.INCONCLUSIVE else [check],
        evidence={},
    )
    return Report(
        kit=schema.Kit(version="1", exercise="abc"),
        submission=schema.Submission(name="shop", sha256="0", changed=[], boots=not note, note=note),
        machine=schema.Machine(cpus=2, python="3.11", platform="Linux", isolation="process", noise=noise),
        seed=5,
        started_at="2026-03-14T15:09:26+00:00",
        seconds=5.94,
        score=bug.score,
        points=30,
        verdict=verdict,
        bugs=[bug],
    )
