"""The grades of a demo as one growing table; pure."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from graders.model import SLUGS
from graders.report.schema import Report
from graders.report.text import STYLES


def render(steps: Sequence[tuple[str, Report]], doing: Sequence[str]) -> RenderableType:
    """A row per step, its title and its report; below them what is going on, if anything."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=0)
    table.add_column("")
    for name in (*SLUGS, "score"):
        table.add_column(name, justify="right")
    for title, report in steps:
        bugs = [Text(f"{bug.score:g}", style=STYLES[bug.verdict]) for bug in report.bugs]
        total = f"{report.score:g} of {report.points}"
        table.add_row(title, *bugs, Text(total, style="bold"))
    return Group(table, *(Text(f"{line} ...", style="dim") for line in doing))
