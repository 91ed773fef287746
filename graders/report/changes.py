"""What a second look changed, bug by bug, and why; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graders.report.schema import BugReport, Check, Report, Speed

CLOSE = 0.01
"""Multiples of the reference that differ by less than this part are the same, rounded."""


@dataclass(frozen=True)
class Change:
    """One bug's row before and after; nothing changed where `why` is empty."""

    old: BugReport
    new: BugReport
    why: tuple[str, ...]


def changes(old: Report, new: Report) -> list[Change]:
    """Of every bug that is in both, in grading order."""
    before = {bug.slug: bug for bug in old.bugs}
    anew = new.regraded.observed_anew if new.regraded else []
    return [_change(before[bug.slug], bug, bug.slug in anew) for bug in new.bugs if bug.slug in before]


def _change(old: BugReport, new: BugReport, anew: bool) -> Change:
    same = (old.verdict, old.score, old.points) == (new.verdict, new.score, new.points)
    if same:
        return Change(old, new, ())
    reasons = tuple(_reasons(old, new, anew))
    return Change(old, new, reasons or ("the rules for the verdict or the score are others",))


def _reasons(old: BugReport, new: BugReport, anew: bool) -> Iterator[str]:
    if old.points != new.points:
        yield f"the bug is worth {new.points} points, was {old.points}"
    yield from _of_checks(old, new)
    if old.speed and new.speed:
        yield from _of_speed(old.speed, new.speed)
    elif old.speed or new.speed:
        yield "time was taken" if new.speed else "no time was taken"
    if anew:
        yield "its services were run again, on this machine"


def _of_checks(old: BugReport, new: BugReport) -> Iterator[str]:
    before = {check.id: check for check in old.checks}
    after = {check.id: check for check in new.checks}
    for check_id in [*before, *(name for name in after if name not in before)]:
        yield from _of_check(check_id, before.get(check_id), after.get(check_id))


def _of_check(check_id: str, old: Check | None, new: Check | None) -> Iterator[str]:
    if new is None:
        yield f"the check {check_id} is no more"
    elif old is None:
        yield f"the check {check_id} is new, and {new.outcome.value}"
    else:
        if old.outcome is not new.outcome:
            yield f"the check {check_id} is {new.outcome.value}, was {old.outcome.value}"
        if (old.weight, old.kind) != (new.weight, new.kind):
            yield f"the check {check_id} counts {_counts(new)}, was {_counts(old)}"


def _counts(check: Check) -> str:
    return f"{check.weight} ({check.kind.value})"


def _of_speed(old: Speed, new: Speed) -> Iterator[str]:
    for name, before, after in (
        ("full marks up to", old.target_ms / old.reference_ms, new.target_ms / new.reference_ms),
        ("none from", old.baseline_ms / old.reference_ms, new.baseline_ms / new.reference_ms),
    ):
        if abs(before - after) > CLOSE * after:
            yield f"{name} {after:.3g} × the reference, was {before:.3g} ×"
    if old.share != new.share:
        yield f"the speed is {new.share:.0%}, was {old.share:.0%}"
