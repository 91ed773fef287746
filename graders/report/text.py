"""A report on a terminal: one table, then what is missing; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from graders.model import NOT_STARTED, NOT_TRIED, NOTHING_YET, Kind, Outcome, Verdict
from graders.report.clean import clean
from graders.report.schema import BugReport, Check, Report

WIDE = 80
"""Columns that the whole table takes; a narrower one leaves the speed out."""
STYLES = {
    Verdict.FIXED: "green",
    Verdict.PARTLY_FIXED: "yellow",
    Verdict.NOT_FIXED: "red",
    Verdict.REGRESSED: "bold red",
    Verdict.INCONCLUSIVE: "magenta",
}


def render(report: Report, width: int, dim: Collection[str] = ()) -> RenderableType:
    """The whole report, for a terminal of so many columns; the rows of some bugs, by slug, step back."""
    return Group(*_parts(report, width, dim))


def _parts(report: Report, width: int, dim: Collection[str]) -> Iterator[RenderableType]:
    if not report.submission.boots:
        yield Text(f"The service does not start: {clean(report.submission.note)}", style="bold red")
    elif report.submission.note:
        yield Text(f"Note: {clean(report.submission.note)}.", style="yellow")
    yield _table(report, width >= WIDE, dim)
    yield Text("")
    for bug in report.bugs:
        yield from _shortcomings(bug)
    yield Text(_footer(report), style="dim")


def _table(report: Report, with_speed: bool, dim: Collection[str]) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD, show_footer=True, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0)
    )
    total = f"{report.score:g} of {report.points}"
    table.add_column("bug", clean(report.submission.name, 30))
    table.add_column("verdict", words(report.verdict))
    table.add_column("score", total, justify="right", no_wrap=True)
    table.add_column("right", justify="right")
    for name in ("speed", "time", "reference") if with_speed else ():
        table.add_column(name, justify="right")
    for bug in report.bugs:
        verdict = Text(words(bug.verdict), style=STYLES[bug.verdict])
        score = f"{bug.score:g} of {bug.points}"
        cells = (bug.slug, verdict, score, _right(bug), *(_speed(bug) if with_speed else ()))
        table.add_row(*cells, style="dim" if bug.slug in dim else None)
    return table


def words(verdict: Verdict) -> str:
    """A verdict as it is read."""
    return verdict.value.replace("_", " ")


def _right(bug: BugReport) -> str:
    """What part is right; that says nothing where something else broke."""
    return "-" if bug.verdict is Verdict.REGRESSED else f"{bug.correctness:.0%}"


def _speed(bug: BugReport) -> tuple[str, str, str]:
    """The share, and the medians of both sides."""
    if bug.speed is None:
        return "-", "-", "-"
    speed = bug.speed
    return f"{speed.share:.0%}", f"{speed.submission_ms:.0f} ms", f"{speed.reference_ms:.0f} ms"


def _shortcomings(bug: BugReport) -> Iterator[RenderableType]:
    told = [check for check in bug.checks if check.outcome is not Outcome.PASSED and not _obvious(check)]
    slow = bug.speed if bug.speed and bug.speed.share < 1 else None
    if told or slow:
        yield Text(bug.slug, style="bold")
    for check in told:
        yield from _explained(check)
    if slow:
        yield _indented(
            2, f"- it takes {slow.submission_ms:.0f} ms; full marks up to {slow.target_ms:.0f} ms", "yellow"
        )
    if told or slow:
        yield Text("")


def _obvious(check: Check) -> bool:
    return check.reason.startswith((NOTHING_YET, NOT_TRIED, NOT_STARTED))


def _explained(check: Check) -> Iterator[RenderableType]:
    mark, style = ("?", "magenta") if check.outcome is Outcome.UNKNOWN else ("x", "red")
    broken = " (this was right before)" if check.kind is Kind.STILL_RIGHT and mark == "x" else ""
    yield _indented(2, f"{mark} {check.line}{broken}", style)
    yield _indented(6, clean(check.reason))
    if check.expected or check.actual:
        yield _indented(6, f"expected {clean(check.expected) or '-'}, got {clean(check.actual) or '-'}")
    if check.help:
        yield _indented(6, check.help, "dim")


def _indented(columns: int, text: str, style: str = "") -> RenderableType:
    return Padding(Text(text, style=style), (0, 0, 0, columns), expand=False)


def _footer(report: Report) -> str:
    packages = clean(", ".join(report.submission.packages))
    parts = (
        f"seed {report.seed}",
        f"{report.seconds:.1f} s",
        f"{report.machine.cpus} cores",
        "" if report.machine.noise is None else f"noise {report.machine.noise:.0%}",
        f"with {packages}" if packages else "",
        "not isolated",
    )
    return " · ".join(part for part in parts if part)
