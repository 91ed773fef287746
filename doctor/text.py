"""Findings on a terminal: a mark, a name, a sentence, and the commands that mend; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from doctor.finding import Finding, Level, would_fail
from graders.report.clean import clean

WIDE = 60
"""From that many columns on the sentences stand in a column of their own."""
NAME = 12
COMMAND_LIMIT = 4000
MARKS = {Level.OK: ("+", "green"), Level.WARNING: ("!", "yellow"), Level.FAILURE: ("x", "bold red")}


def render(finding: Finding, width: int) -> RenderableType:
    """One finding, for a terminal of so many columns. Print it with crop=False: commands are never broken."""
    mark, style = MARKS[finding.level]
    name, sentence = clean(finding.name), Text(clean(finding.sentence))
    if width >= WIDE:
        row, indent = (Text(f"{mark} {name}", style), sentence), NAME + 3
    else:
        row, indent = (Text(mark, style), Text.assemble((f"{name}: ", style), sentence)), 4
    grid = Table.grid(padding=(0, 1, 0, 0), pad_edge=False)
    grid.add_column(width=NAME + 2 if width >= WIDE else 1)
    grid.add_column(overflow="fold")  # what is cut off could be the end of a path
    grid.add_row(*row)
    commands = finding.mends if finding.level is not Level.OK else ()
    return Group(grid, *(_command(command, indent) for command in commands))


def _command(command: str, indent: int) -> RenderableType:
    """One line however long it is, so that it can be copied."""
    line = f"{' ' * indent}{clean(command, COMMAND_LIMIT)}"
    return Text(line, style="cyan", no_wrap=True, overflow="ignore")


def summary(findings: Sequence[Finding]) -> RenderableType:
    """What comes of it, in one line."""
    count = Counter(finding.level for finding in findings)
    warnings = f"{count[Level.WARNING]} warning{'' if count[Level.WARNING] == 1 else 's'}"
    if would_fail(findings):
        failures = f"{count[Level.FAILURE]} failure{'' if count[Level.FAILURE] == 1 else 's'}"
        return Text(f"An interview would fail here: {failures}, {warnings}.", style="bold red")
    return Text(
        f"Ready for an interview{f', with {warnings}' if count[Level.WARNING] else ''}.", style="bold green"
    )
