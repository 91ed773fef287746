"""A workspace in, a report out: the whole of one grade."""

from __future__ import annotations

import contextlib
import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from graders import dataset, engine, score, submission, variant
from graders.bugs import BUGS
from graders.checks import Probe
from graders.digest import digest
from graders.engine import Progress
from graders.model import SLUGS, Limits, Observation
from graders.pair import booted
from graders.report import schema
from graders.report.build import build
from graders.report.clean import clean
from graders.report.schema import Report
from graders.trial import Trial


@dataclass(frozen=True)
class Order:
    """What is to be graded and how: the kit's tree and version, the bugs, the seed of the hidden data."""

    tree: Path
    version: str
    slugs: Sequence[str]
    seed: int
    limits: Limits = Limits()


def grade(workspace: Path, order: Order, progress: Progress) -> Report:
    """Grade one workspace. Raises KitError; the submission's own trouble is in the report."""
    started_at, start = datetime.now(timezone.utc), time.monotonic()
    exercise = variant.exercise(order.tree)
    handed_in = submission.read(workspace, exercise)
    probes = [probe for probe in BUGS if probe.bug.slug in order.slugs]
    progress("booting")
    observations, trouble, note = _observe(handed_in, exercise, order, probes, progress)
    return build(
        [score.grade(observation, order.seed) for observation in observations],
        kit=schema.Kit(version=order.version, exercise=digest(submission.encoded(exercise))[:12]),
        submission=schema.Submission(
            name=clean(handed_in.name),
            sha256=handed_in.sha256,
            changed=[clean(path) for path in handed_in.changed],
            boots=not trouble,
            note=trouble or note,
        ),
        machine=_machine(),
        seed=order.seed,
        started_at=started_at.isoformat(timespec="seconds"),
        seconds=time.monotonic() - start,
    )


def _observe(
    handed_in: submission.Submission,
    exercise: dict[str, str],
    order: Order,
    probes: Sequence[Probe],
    progress: Progress,
) -> tuple[list[Observation], str, str]:
    """What was seen, why the service does not boot (else empty), and a note on its database."""
    data = dataset.generate(order.seed, datetime.now(timezone.utc).replace(tzinfo=None))
    fixed = variant.files(order.tree, SLUGS)
    with booted(handed_in, fixed, exercise, data, order.limits) as services:
        trouble = services.submission.trouble
        if trouble:
            return engine.unbooted(probes, trouble), trouble, services.note
        with contextlib.closing(Trial(services.submission, services.reference, data, order.limits)) as trial:
            return engine.observe(trial, probes, order.seed, progress), "", services.note


def _machine() -> schema.Machine:
    return schema.Machine(
        cpus=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        python=platform.python_version(),
        platform=platform.platform(terse=True),
        isolation="process",
        noise=None,
    )
