"""A workspace in, a report out: the whole of one grade."""

from __future__ import annotations

import contextlib
import itertools
import os
import platform
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from graders import clock, dataset, edits, engine, score, submission, throwaway, traces, variant
from graders.bugs import BUGS
from graders.clock import Clock, Steadiness
from graders.digest import digest
from graders.engine import Progress
from graders.errors import NoRoom
from graders.model import PRESENTATIONS, RULES, SLUGS, Limits, Observation
from graders.pair import booting, wait_for_submission
from graders.patch import Files
from graders.report import schema
from graders.report.build import build
from graders.report.clean import clean
from graders.report.schema import Report
from graders.submission import Submission
from graders.trial import Trial

SHOWN = ("fastapi", "pydantic", "sqlalchemy", "uvicorn")
"""Packages whose versions a report names: what a service runs with."""
ROOM_BYTES = 64 << 10
"""Less is no room: a page of the database, its journal and a log need that much."""


@dataclass(frozen=True)
class Order:
    """What is to be graded and how: the kit's tree and version, the bugs, the seed of the hidden data.

    `packages` are installed for this grade alone, beside what the kit has; `patience` is how many times as
    long a noisy machine is put up with; with `before`, the exercise as handed out is traced too.
    """

    tree: Path
    version: str
    slugs: Sequence[str]
    seed: int
    limits: Limits = Limits()
    packages: Sequence[str] = ()
    patience: int = 1
    before: bool = False


class _Seen(NamedTuple):
    """What was seen, why the service does not boot (else empty), and a note on its database."""

    observations: list[Observation]
    trouble: str
    note: str


def grade(workspace: Path, order: Order, progress: Progress, wall: Clock = clock.wall_time) -> Report:
    """Grade one workspace. Raises KitError; the submission's own trouble is in the report."""
    started_at, start = datetime.now(timezone.utc), time.monotonic()
    throwaway.expect_names(order.packages)
    exercise = variant.exercise(order.tree)
    handed_out = _handed_out(order.tree)
    handed_in = submission.read(workspace, handed_out)
    with _interpreter(order.packages, progress) as python:
        seen = _observe(handed_in, exercise, order, python, progress, Steadiness(wall))
    return build(
        [score.grade(observation, order.seed) for observation in seen.observations],
        kit=kit(order.tree, order.version),
        wrong_fixes=variant.every_wrong_fix(order.tree),
        submission=schema.Submission(
            name=clean(handed_in.name),
            sha256=handed_in.sha256,
            changed=[clean(path) for path in handed_in.changed],
            boots=not seen.trouble,
            note=seen.trouble or seen.note,
            packages=[clean(throwaway.shown(package)) for package in order.packages],
            diff=edits.diff(handed_in.files, handed_in.changed, handed_out),
        ),
        machine=_machine(),
        seed=order.seed,
        started_at=started_at.isoformat(timespec="seconds"),
        seconds=time.monotonic() - start,
    )


def kit(tree: Path, version: str) -> schema.Kit:
    """This kit, as a report names it."""
    exercise = digest(submission.encoded(variant.exercise(tree)))[:12]
    return schema.Kit(version=version, exercise=exercise, rules=RULES)


def _handed_out(tree: Path) -> list[Files]:
    """The broken exercise in every presentation."""
    counts = range(len(PRESENTATIONS) + 1)
    chosen = (names for count in counts for names in itertools.combinations(PRESENTATIONS, count))
    return [variant.files(tree, (), names) for names in chosen]


def _interpreter(packages: Sequence[str], progress: Progress) -> contextlib.AbstractContextManager[str]:
    if packages:
        progress(f"installing {', '.join(map(throwaway.shown, packages))}")
    return throwaway.interpreter(packages)


def _observe(
    handed_in: Submission,
    exercise: Files,
    order: Order,
    python: str,
    progress: Progress,
    steadiness: Steadiness,
) -> _Seen:
    """All of it, between a boot and an end. Raises ClockMoved where the clock was set meanwhile."""

    def told(doing: str) -> None:
        steadiness.expect()
        _expect_room()
        progress(doing)

    limits = replace(order.limits, trial=order.limits.trial * order.patience)
    told("booting")
    probes = [probe for probe in BUGS if probe.bug.slug in order.slugs]
    data = dataset.generate(order.seed, datetime.now(timezone.utc).replace(tzinfo=None))
    fixed = variant.files(order.tree, SLUGS)
    with booting(handed_in, fixed, exercise, data, order.limits, python) as services:
        pair = (services.submission, services.reference)
        with contextlib.closing(Trial(*pair, data, limits)) as trial:  # prepares while the submission boots
            wait_for_submission(services.submission, handed_in, order.limits)
            trouble, note = services.submission.trouble, services.note
            if trouble:
                return _Seen(engine.unbooted(probes, trouble), trouble, note)
            observations = engine.observe(trial, probes, order.seed, told, order.patience)
            steadiness.expect()
            _expect_room()
            if order.before:
                progress("tracing the exercise as handed out")
                observations = _with_before(observations, trial, exercise, order.limits)
            return _Seen(observations, trouble, note)


def _with_before(
    observations: list[Observation], trial: Trial, exercise: Files, limits: Limits
) -> list[Observation]:
    """The same with what the exercise as handed out sends to its database."""
    slugs = {one.bug.slug for one in observations}
    found = traces.before(trial, [probe for probe in BUGS if probe.bug.slug in slugs], exercise, limits)
    return [replace(one, before=found.get(one.bug.slug)) for one in observations]


def _expect_room() -> None:
    """Raise NoRoom where the services can write no more: what they answer then is nobody's fault."""
    folder = tempfile.gettempdir()
    if shutil.disk_usage(folder).free < ROOM_BYTES:
        raise NoRoom(f"The disk filled up during the grade: make room in {folder} and grade again.")


def _machine() -> schema.Machine:
    return schema.Machine(
        cpus=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        python=platform.python_version(),
        platform=platform.platform(terse=True),
        isolation="process",
        noise=None,
        versions={**{name: metadata.version(name) for name in SHOWN}, "sqlite": sqlite3.sqlite_version},
    )
