"""The grades of a demo as one growing table; pure."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from graders.demo import Step
from graders.report.text import STYLES
from graders.variant import SLUGS


def render(steps: Sequence[Step], doing: Sequence[str]) -> RenderableType:
    """A row per step, points per bug; below it what is going on, if anything."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    for name in (*SLUGS, "score"):
        table.add_column(name, justify="right")
    for step in steps:
        bugs = [Text(f"{bug.score:g}", style=STYLES[bug.verdict]) for bug in step.report.bugs]
        total = f"{step.report.score:g} of {step.report.points}"
        table.add_row(step.title, *bugs, Text(total, style="bold"))
    return Group(table, *(Text(f"{line} ...", style="dim") for line in doing))
