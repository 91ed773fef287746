"""A report on a terminal: one table, then what is missing, in one screen or all of it; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from graders.model import Outcome, Verdict
from graders.report import plain
from graders.report.clean import LINE_LIMIT, clean
from graders.report.schema import BugReport, Check, Report, Speed

WIDE = 80
"""Columns that the whole table takes; a narrower one leaves the speed out."""
NARROW = 50
"""Below so many it leaves out what part is right, too."""
IN_FULL = 2
"""So many failed checks of a bug are explained on one screen; the others are named."""
ON_ONE_SCREEN = 2
"""With more bugs to explain, the table has left the screen by the end, so the total is said again."""
SHORT = 160
"""Characters of one value on one screen."""
STYLES = {
    Verdict.FIXED: "green",
    Verdict.PARTLY_FIXED: "yellow",
    Verdict.NOT_FIXED: "red",
    Verdict.REGRESSED: "bold red",
    Verdict.INCONCLUSIVE: "magenta",
}
MARKS = {Outcome.PASSED: ("+", "green"), Outcome.FAILED: ("x", "red"), Outcome.UNKNOWN: ("?", "magenta")}
UNTRIED = ("-", "dim")
NOT_USED = ("app/rates.py", "populate_db.py", "test_load.py")
"""Files in whose place the grader has its own."""


def render(report: Report, width: int, dim: Collection[str] = (), verbose: bool = False) -> RenderableType:
    """The report, for a terminal of so many columns; the rows of some bugs, by slug, step back."""
    return Group(*_parts(report, width, dim, verbose))


def _parts(report: Report, width: int, dim: Collection[str], verbose: bool) -> Iterator[RenderableType]:
    if trouble := plain.trouble(report.submission):
        yield Text(trouble, style="yellow" if report.submission.boots else "bold red")
    if unused := [path for path in report.submission.changed if path in NOT_USED]:
        yield Text(f"Changed, but not used by the grader: {', '.join(unused)}.", style="yellow")
    if regraded := plain.regraded(report):
        yield Text(regraded, style="yellow")
    yield _table(report, width, dim)
    told = [(bug, list(_whole(bug) if verbose else _in_short(bug))) for bug in report.bugs]
    for bug, lines in told:
        if lines:
            yield from (Text(""), Text(bug.slug, style="bold"), *lines)
    yield Text("")
    if verbose:
        yield from _circumstances(report)
    if sum(bool(lines) for _, lines in told) > ON_ONE_SCREEN:
        yield Text(plain.headline(report), style=f"bold {STYLES[report.verdict]}")
    yield Text(_footer(report), style="dim")


def _table(report: Report, width: int, dim: Collection[str]) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD, show_footer=True, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0)
    )
    name = clean(report.submission.name, 20 if width >= WIDE else 14)
    table.add_column("bug", name, no_wrap=True)
    table.add_column("verdict", plain.verdict(report.verdict))
    table.add_column("score", points(report), justify="right", no_wrap=True)
    columns = ("right", "speed", "time", "reference") if width >= WIDE else ("right",)
    for title in columns if width >= NARROW else ():
        table.add_column(title, justify="right")
    for bug in report.bugs:
        verdict = Text(plain.verdict(bug.verdict), style=STYLES[bug.verdict])
        cells = (bug.slug, verdict, points(bug), plain.right(bug), *_speed(bug))
        table.add_row(*cells[: len(table.columns)], style="dim" if bug.slug in dim else None)
    return table


def points(scored: plain.Scored) -> str:
    """`22.5 of 30`, or `58 to 73 of 100` where something could not be told."""
    return f"{awarded(scored)} of {scored.points}"


def awarded(scored: plain.Scored) -> str:
    """The same without what could be had."""
    low, high = plain.low(scored), plain.high(scored)
    return f"{low:g} to {high:g}" if low < high else f"{scored.score:g}"


def _speed(bug: BugReport) -> tuple[str, str, str]:
    """The share, and the medians of both sides."""
    if bug.speed is None:
        return "-", "-", "-"
    speed = bug.speed
    return f"{speed.share:.0%}", f"{speed.submission_ms:.0f} ms", f"{speed.reference_ms:.0f} ms"


def _in_short(bug: BugReport) -> Iterator[RenderableType]:
    """What matters: the first failed checks, the others by name, and what it looks like.

    One wrong fix that it looks like says more than what each check's failure usually means.
    """
    if bug.note:
        yield _indented(2, clean(bug.note), "magenta")
    telling = plain.telling(bug)
    failed = groups([check for check in telling if check.outcome is Outcome.FAILED])
    for group in failed[:IN_FULL]:
        lines = [plain.promise(check) for check in group]
        yield from _explained(group[0], lines, SHORT, with_help=len(bug.mistakes) != 1)
    if more := [check.id for group in failed[IN_FULL:] for check in group]:
        yield _indented(2, f"... and {len(more)} more: {', '.join(more)} (kit grade --verbose)")
    for check in telling:
        if check.outcome is Outcome.UNKNOWN:
            yield _indented(2, f"? {check.id}: {clean(check.reason)}", "magenta")
    if bug.speed and bug.speed.share < 1:
        yield _indented(2, f"- {_slow(bug.speed)}", "yellow")
    yield from _mistakes(bug)


def groups(checks: Sequence[Check]) -> list[list[Check]]:
    """Checks with one and the same explanation together, in order."""
    found: dict[tuple[str, ...], list[Check]] = {}
    for check in checks:
        key = (check.outcome, check.reason, check.asked, check.expected, check.actual, check.help)
        found.setdefault(key, []).append(check)
    return list(found.values())


def _explained(
    check: Check, lines: Sequence[str], limit: int, with_help: bool = True
) -> Iterator[RenderableType]:
    """What is promised, what was asked, expected and given, and what that usually means."""
    mark, style = UNTRIED if plain.untried(check) else MARKS[check.outcome]
    yield from (_indented(2, f"{mark} {line}", style) for line in lines)
    if check.asked:
        yield _indented(6, f"asked: {clean(check.asked, limit)}")
    values = [f"{word} {clean(value, limit)}" for word, value in _values(check) if value]
    yield _indented(6, ": ".join(filter(None, (clean(check.reason), ", ".join(values)))))
    if check.help and with_help:
        yield _indented(6, clean(check.help), "dim")


def _values(check: Check) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("expected", check.expected), ("got", check.actual)


def _slow(speed: Speed) -> str:
    allowance = f"{round(speed.target_ms / speed.reference_ms, 1):g} x the reference"
    return f"it takes {plain.took(speed)} ({allowance})"


def _mistakes(bug: BugReport) -> Iterator[RenderableType]:
    for line in plain.mistakes(bug):
        yield _indented(2, line, "cyan")


def _whole(bug: BugReport) -> Iterator[RenderableType]:
    """Every check with its id, then all that was measured and counted."""
    if bug.note:
        yield _indented(2, clean(bug.note), "magenta")
    for group in groups([check for check in bug.checks if check.outcome is not Outcome.PASSED]):
        yield from _explained(group[0], [f"{c.id}: {plain.promise(c)}" for c in group], LINE_LIMIT)
    for check in bug.checks:
        if check.outcome is Outcome.PASSED:
            line = Text(f"+ {check.id}: {clean(check.line)}", "green", no_wrap=True, overflow="ellipsis")
            yield Padding(line, (0, 0, 0, 2), expand=False)
    yield from _mistakes(bug)
    if bug.speed:
        yield _indented(2, _slow(bug.speed))
        yield _indented(2, _measured(bug.speed))
    if bug.evidence:
        yield _indented(2, ", ".join(f"{_spaced(key)}: {value}" for key, value in bug.evidence.items()))


def _spaced(key: str) -> str:
    return clean(key).replace("_", " ")


def _measured(speed: Speed) -> str:
    reference = f"{speed.ratio:g} x the reference's {speed.reference_ms:g} ms"
    said = f"{plain.pairs(speed)}: {reference}, share {speed.share:.0%}"
    if not plain.spreads(speed):
        return said
    noise = "" if speed.noise is None else f", noise {speed.noise:.0%}"
    return f"{said} (95% interval {speed.low:.0%} to {speed.high:.0%}){noise}"


def _circumstances(report: Report) -> Iterator[RenderableType]:
    """Which programs, and what was graded."""
    kit, machine = report.kit, report.machine
    yield Text(f"kit {clean(kit.version)}, rules {kit.rules}, exercise {clean(kit.exercise)}", style="dim")
    versions = {"python": machine.python, **machine.versions}
    yield Text(", ".join(f"{clean(name)} {clean(one)}" for name, one in versions.items()), style="dim")
    changed = ", ".join(map(clean, report.submission.changed)) or "nothing"
    yield Text(f"changed: {changed}", style="dim")


def _indented(columns: int, text: str, style: str = "") -> RenderableType:
    return Padding(Text(text, style=style), (0, 0, 0, columns), expand=False)


def _footer(report: Report) -> str:
    packages = clean(", ".join(report.submission.packages))
    parts = (
        f"seed {report.seed}",
        f"{report.seconds:.1f} s",
        f"{report.machine.cpus} cores",
        "" if (noise := plain.noise(report)) is None else f"noise {noise:.0%}",
        f"with {packages}" if packages else "",
        "not isolated",
    )
    return " · ".join(part for part in parts if part)
