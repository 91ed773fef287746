"""Known wrong fixes, told by which checks fail; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from graders.model import Kind, Outcome
from graders.report.schema import Mistake
from graders.speed import FAST_ENOUGH

if TYPE_CHECKING:
    from graders.variant import WrongFix

SLOW = "slow"
"""Stands in a fingerprint for a share that is too small."""
DRAWN = "generated"
"""The check whose requests are drawn: whether it meets a fault is chance, so it is in no fingerprint."""
ALIKE = 2
"""More wrong fixes with one fingerprint say nothing."""

Fingerprint = frozenset[str]


class Seen(Protocol):
    """What was seen of one check: a finding of a grade, or a check of a report."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def outcome(self) -> Outcome: ...


def fingerprint(checks: Iterable[Seen], share: float | None) -> Fingerprint:
    """The ids of the checks that failed, and SLOW where the share of the speed-up is too small."""
    failed = {check.id for check in checks if check.outcome is Outcome.FAILED and check.id != DRAWN}
    slow = share is not None and share < FAST_ENOUGH
    return frozenset(failed | {SLOW} if slow else failed)


def fits(wrong: WrongFix, left: Fingerprint) -> bool:
    """Whether a wrong fix leaves this fingerprint."""
    return wrong.fails <= left <= wrong.fails | wrong.may_fail


def named(
    slug: str, checks: Sequence[Seen], share: float | None, wrong_fixes: Iterable[WrongFix]
) -> list[Mistake]:
    """The wrong fixes of this bug that leave exactly this fingerprint; `share` is None where none was taken.

    None where nothing failed, where nothing is right yet as in the untouched exercise, or where more than
    two look alike.
    """
    left = fingerprint(checks, share)
    untouched = {check.id for check in checks if check.kind is Kind.NOW_RIGHT}
    if not left or left == untouched:
        return []
    found = [wrong for wrong in wrong_fixes if wrong.slug == slug and fits(wrong, left)]
    return [Mistake(name=wrong.name, reason=wrong.reason) for wrong in found] if len(found) <= ALIKE else []
