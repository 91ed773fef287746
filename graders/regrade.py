"""A second look: a saved report scored again by today's rules, with services only where it must be."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from graders import grading, score, submission, variant
from graders.bugs import BUGS
from graders.checks import Probe
from graders.digest import digest
from graders.engine import Progress, unbooted
from graders.errors import NotAReport, UsageError
from graders.grading import Order
from graders.model import RULES, Observation
from graders.patch import Files
from graders.report.build import row
from graders.report.clean import clean
from graders.report.evidence import Asked, lacking, observation
from graders.report.schema import BugReport, Regraded, Report
from graders.report.total import total

BYTES_LIMIT = 20 << 20
FEW = 3


def read(path: Path) -> Report:
    """A report that was saved. Raises NotAReport, or OSError."""
    content = _content(path)
    rules = _rules(content)
    if rules > RULES:
        raise NotAReport(
            f"{path} was made by a newer kit (rules {rules}, this one has {RULES}): update the kit."
        )
    try:
        report = Report.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = clean(".".join(map(str, first["loc"]))) or "it"
        raise _no_report(path, f"{where}: {first['msg']}") from error
    if odd := _odd(report):
        raise _no_report(path, odd)
    return report


def _content(path: Path) -> Any:
    """What the JSON in a file says."""
    if path.is_dir():
        raise NotAReport(f"{path} is a folder: name the file in it that --export-json wrote.")
    with open(path, "rb") as file:
        content = file.read(BYTES_LIMIT + 1)
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise NotAReport(
            f"{path} is damaged or cut off, or no report of kit grade: name a file that --export-json wrote."
        ) from error


def _rules(content: Any) -> int:
    """By which rules a report says it was made, whatever else is in it; 0 where it does not say."""
    kit = content.get("kit") if isinstance(content, dict) else None
    rules = kit.get("rules") if isinstance(kit, dict) else None
    return rules if isinstance(rules, int) else 0


def _odd(report: Report) -> str:
    """What no grade would have written; empty where there is nothing."""
    if not report.bugs:
        return "it holds no bug"
    if twice := _twice([bug.slug for bug in report.bugs]):
        return f"the bug {twice} is listed twice"
    for bug in report.bugs:
        if twice := _twice([check.id for check in bug.checks]):
            return f"the check {twice} of {bug.slug} is listed twice"
    return "" if _is_moment(report.started_at) else "started_at: no time in ISO 8601 with its offset"


def _twice(names: Sequence[str]) -> str:
    return next((clean(name) for nth, name in enumerate(names) if name in names[:nth]), "")


def _is_moment(text: str) -> bool:
    try:
        moment = datetime.fromisoformat(text)
        moment.astimezone(timezone.utc)  # no further than the calendar
    except (ValueError, OverflowError):
        return False
    return moment.tzinfo is not None


def _no_report(path: Path, why: str) -> NotAReport:
    return NotAReport(f"{path} is no report of kit grade ({why}): name a file that --export-json wrote.")


def regrade(old: Report, order: Order, workspace: Path | None, progress: Progress, now: datetime) -> Report:
    """The same grade by today's rules; `started_at` and the seed stay what they were.

    Bugs for which the evidence does not suffice are observed again in the workspace where that is given, else
    they stay as they were; `regraded` names both. `order` says which kit grades, and how. Raises KitError,
    also where the workspace is not what was graded then.
    """
    sha256 = _expect_same(workspace, old, variant.exercise(order.tree)) if workspace else ""
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
        rows += _observed(replace(order, slugs=anew, seed=old.seed), workspace, sha256, progress)
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


def _observed(order: Order, workspace: Path, sha256: str, progress: Progress) -> list[BugReport]:
    report = grading.grade(workspace, order, progress)
    if report.submission.sha256 != sha256:
        raise UsageError(f"{workspace} was edited while it ran again: name the folder as it was handed in.")
    return report.bugs


def _expect_same(workspace: Path, old: Report, exercise: Files) -> str:
    """The workspace's sha256. Raises NotAWorkspace, or UsageError where it is not what was graded then."""
    now = submission.read(workspace, [])
    # Of `kit grade --json > ada.json`: the shell makes the file before the grade, which finds it empty.
    opened = {path: b"" for path in old.submission.changed if path.endswith(".json")}
    if old.submission.sha256 not in (now.sha256, digest({**opened, **now.files})):
        new = sorted(now.files.keys() - exercise.keys() - set(old.submission.changed))
        raise UsageError(
            f"{workspace} is not what was graded then (its sha256 begins with {now.sha256[:12]}, the "
            f"report's with {clean(old.submission.sha256[:12])}): name the folder as it was handed in"
            f"{', without ' + clean(', '.join(new[:FEW])) if new else ''}."
        )
    return now.sha256
