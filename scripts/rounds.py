"""What the benchmarks of grades share: load beside them, and one grade on data of its own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from graders import grading, patch, variant
from graders.errors import KitError
from graders.model import Outcome, Verdict
from graders.report.schema import BugReport, Report

TREE = Path(__file__).resolve().parent.parent
BUSY = "import os, sys\nwhile os.getppid() == int(sys.argv[1]): pass"
"""Ends with the benchmark, however that ends."""


@dataclass(frozen=True)
class Seen:
    """What one grade said, by bug; shares and ratios only of what was timed, `failed` in words."""

    verdicts: Mapping[str, str]
    shares: Mapping[str, float]
    ratios: Mapping[str, float]
    failed: Mapping[str, Sequence[str]]
    total: float
    seconds: float
    seed: int


@contextlib.contextmanager
def load(processes: int) -> Iterator[None]:
    """So many processes that are busy as long as the block lasts."""
    busy = [subprocess.Popen([sys.executable, "-c", BUSY, str(os.getpid())]) for _ in range(processes)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def grade_once(
    files: patch.Files, slugs: Sequence[str], seed: int, packages: Sequence[str] = (), patience: int = 1
) -> Seen:
    """One grade of these files, laid out in a folder that is gone afterwards.

    Where the kit itself fails, nothing is known of any bug.
    """
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "shop"
        variant.write(files, folder)
        order = grading.Order(TREE, "bench", slugs, seed, packages=packages, patience=patience)
        try:
            return seen(grading.grade(folder, order, lambda doing: None))
        except KitError as error:
            unknown = dict.fromkeys(slugs, Verdict.INCONCLUSIVE.value)
            return Seen(unknown, {}, {}, dict.fromkeys(slugs, [str(error)]), 0.0, 0.0, seed)


def seen(report: Report) -> Seen:
    """A report as the benchmarks look at it."""
    return Seen(
        verdicts={bug.slug: bug.verdict.value for bug in report.bugs},
        shares={bug.slug: bug.speed.share for bug in report.bugs if bug.speed},
        ratios={bug.slug: bug.speed.ratio for bug in report.bugs if bug.speed},
        failed={bug.slug: failed_checks(bug) for bug in report.bugs},
        total=report.score,
        seconds=report.seconds,
        seed=report.seed,
    )


def failed_checks(bug: BugReport) -> list[str]:
    """The checks of one bug that did not pass, each with its reason in a line."""
    return [
        f"{check.id} {check.outcome.value}: {check.reason}"
        + (f" (expected {check.expected}, got {check.actual})" if check.expected else "")
        for check in bug.checks
        if check.outcome is not Outcome.PASSED
    ]
