"""A watch on a terminal: what is going on, and the last grade of every bug; or one line a grade. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rich.console import Group, RenderableType
from rich.text import Text

from graders.events import Event, Graded, Grading, Superseded, Trouble
from graders.report import plain, text
from graders.report.clean import clean
from graders.report.merge import merged
from graders.report.schema import BugReport, Report


@dataclass(frozen=True)
class Board:
    """What a watch has come to: each bug's last grade in `report`, the newest ones are of `fresh` slugs.

    `at` is when they came, `changed` which files led to them; `grading` is what goes on, since `saved` were.
    """

    report: Report | None = None
    fresh: tuple[str, ...] = ()
    at: str = ""
    changed: tuple[str, ...] = ()
    grading: tuple[str, ...] = ()
    saved: tuple[str, ...] = ()
    trouble: str = ""


def after(board: Board, event: Event, at: str) -> Board:
    """The board after one more event, which came at this time of day."""
    match event:
        case Grading():
            return replace(board, grading=event.slugs, saved=event.changed, trouble="")
        case Superseded():
            return replace(board, grading=())
        case Trouble():
            return replace(board, grading=(), trouble=event.sentence)
        case Graded():
            fresh = tuple(bug.slug for bug in event.report.bugs)
            return Board(merged(board.report, event.report), fresh, at, board.saved)


def render(board: Board, width: int) -> RenderableType:
    """For a terminal of so many columns: what goes on, then the table with a total, old rows dim.

    In that order, since it is the end that a low terminal cuts off.
    """
    return Group(*_parts(board, width))


def _parts(board: Board, width: int) -> Iterator[RenderableType]:
    if board.report:
        yield Text(f"{board.at} {_cause(board.changed)}graded {_listed(board.fresh)}", style="dim")
    if board.trouble:
        yield Text(f"Not graded: {clean(board.trouble)}", style="bold red")
    yield Text(f"grading {_listed(board.grading)} ..." if board.grading else "watching, Ctrl-C ends it")
    if board.report:
        yield Text("")
        yield text.render(board.report, width, {bug.slug for bug in board.report.bugs} - set(board.fresh))


def line(board: Board, previous: Report | None) -> str:
    """A new grade in one line, with what was otherwise in the report before it; for a board with a report."""
    report = board.report
    assert report
    before = {bug.slug: bug for bug in previous.bugs} if previous else {}
    told = [_told(bug, before.get(bug.slug)) for bug in report.bugs]
    if not report.submission.boots:
        told = [f"the service does not start: {clean(report.submission.note)}"]
    return f"{board.at} {text.points(report)}  {_cause(board.changed)}{', '.join(told)}"


def _told(bug: BugReport, before: BugReport | None) -> str:
    was = f" (was {_standing(before)})" if before and _standing(before) != _standing(bug) else ""
    return f"{bug.slug} {_standing(bug)}{was}"


def _standing(bug: BugReport) -> str:
    return f"{plain.verdict(bug.verdict)} {text.awarded(bug)}"


def _cause(changed: tuple[str, ...]) -> str:
    """Which files were saved, at the head of what came of it."""
    more = f" and {len(changed) - 2} more" if len(changed) > 2 else ""
    return f"{', '.join(map(clean, changed[:2]))}{more}: " if changed else ""


def _listed(slugs: tuple[str, ...]) -> str:
    return ", ".join(slugs)
