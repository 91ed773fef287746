"""A second look: a saved report scored again by today's rules, with services only where it must be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

from pydantic import ValidationError

from graders import grading, score, submission, variant
from graders.bugs import BUGS
from graders.checks import Probe
from graders.engine import Progress, unbooted
from graders.errors import NotAReport, UsageError
from graders.grading import Order
from graders.model import Observation
from graders.report.build import row
from graders.report.evidence import Asked, lacking, observation
from graders.report.schema import BugReport, Regraded, Report
from graders.report.total import total

BYTES_LIMIT = 20 << 20


def read(path: Path) -> Report:
    """A report that was saved. Raises NotAReport, or OSError."""
    with open(path, "rb") as file:
        content = file.read(BYTES_LIMIT + 1)
    try:
        report = Report.model_validate_json(content)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"])) or "it"
        raise NotAReport(
            f"{path} is no report of kit grade ({where}: {error.errors()[0]['msg']}): "
            "name a file that --export-json wrote."
        ) from error
    if not report.bugs:
        raise NotAReport(f"{path} holds no bug: name a file that --export-json wrote.")
    return report


def regrade(old: Report, order: Order, workspace: Path | None, progress: Progress, now: datetime) -> Report:
    """The same grade by today's rules; `started_at` and the seed stay what they were.

    Bugs for which the evidence does not suffice are observed again in the workspace where that is given, else
    they stay as they were; `regraded` names both. `order` says which kit grades, and how. Raises KitError.
    """
    probes = {probe.bug.slug: probe for probe in BUGS}
    wrong_fixes = variant.every_wrong_fix(order.tree)
    short = [bug.slug for bug in old.bugs if missing(old, bug.slug)]
    rows = [
        row(score.grade(_seen(old, bug, probes[bug.slug]), old.seed), wrong_fixes)
        for bug in old.bugs
        if bug.slug not in short
    ]
    anew = [slug for slug in short if workspace and slug in probes]
    if workspace and anew:
        rows += _observed(old, replace(order, slugs=anew, seed=old.seed), workspace, progress)
    done = {bug.slug for bug in rows}
    kept = [bug for bug in old.bugs if bug.slug not in done]
    bugs = sorted([*rows, *kept], key=lambda bug: _place(old, bug.slug))
    regraded = Regraded(
        at=now.astimezone(timezone.utc).isoformat(timespec="seconds"),
        kit=old.kit,
        score=old.score,
        verdict=old.verdict,
        observed_anew=anew,
        as_it_was=[bug.slug for bug in kept],
    )
    kit = grading.kit(order.tree, order.version)
    return old.model_copy(update={"kit": kit, "bugs": bugs, "regraded": regraded, **total(bugs)})


def missing(old: Report, slug: str) -> str:
    """What an old report lacks for one of its bugs to be scored by today's rules; empty where nothing."""
    probe = next((probe for probe in BUGS if probe.bug.slug == slug), None)
    if probe is None:
        return "this kit knows no such bug"
    if not old.submission.boots:
        return ""
    [bug] = [bug for bug in old.bugs if bug.slug == slug]
    return lacking(bug, probe.bug, _asked(probe), old.kit.rules)


def _seen(old: Report, bug: BugReport, probe: Probe) -> Observation:
    if not old.submission.boots:
        return unbooted([probe], old.submission.note)[0]
    return observation(bug, probe.bug, _asked(probe))


def _asked(probe: Probe) -> Sequence[Asked]:
    return [Asked(check.id, check.kind, check.weight, check.line, check.since) for check in probe.checks]


def _place(old: Report, slug: str) -> int:
    return [bug.slug for bug in old.bugs].index(slug)


def _observed(old: Report, order: Order, workspace: Path, progress: Progress) -> list[BugReport]:
    """Raises UsageError where the workspace is not what was graded then."""
    handed_in = submission.read(workspace, [])
    if handed_in.sha256 != old.submission.sha256:
        raise UsageError(
            f"{workspace} is not what was graded then (its sha256 begins with {handed_in.sha256[:12]}, the "
            f"report's with {old.submission.sha256[:12]}): name the folder as it was handed in."
        )
    return grading.grade(workspace, order, progress).bugs
