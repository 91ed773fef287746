"""grade, watch, demo: what a workspace is worth."""

from __future__ import annotations

import contextlib
import secrets
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from commands import actions, exports, shell
from commands.shell import DataSeed, Folder

if TYPE_CHECKING:
    from rich.console import RenderableType

    from graders.events import Event
    from graders.grading import Order
    from graders.report.schema import Report

app = typer.Typer()

Only = Annotated[
    list[str] | None,
    typer.Option(metavar="SLUG", help="Only this bug; repeatable.", autocompletion=shell.complete_slug),
]


With = Annotated[
    list[str] | None,
    typer.Option("--with", metavar="PACKAGE", help="Grade in a throw-away environment with it; repeatable."),
]

Patience = Annotated[
    int,
    typer.Option(metavar="N", min=1, help="Take N times as long to judge on a noisy machine."),
]


@app.command(
    epilog="Example: kit grade ada --seed 7 --export-json ada.json",
    short_help="Grade a workspace: what is right, how fast, how many points.",
)
def grade(
    folder: Folder = None,
    only: Only = None,
    seed: DataSeed = None,
    packages: With = None,
    patience: Patience = 1,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show every check.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    export_json: exports.Json = None,
    export_html: exports.Html = None,
    export_markdown: exports.Markdown = None,
    export_junit: exports.Junit = None,
    export_gradescope: exports.Gradescope = None,
    export_classroom50: exports.Classroom50 = None,
    submitted_at: exports.SubmittedAt = None,
    github: actions.Github = None,
) -> None:
    """Grade a workspace: what is right, how fast, how many points.

    Exit code: 0 every bug fixed, 1 not all, 2 wrong usage or a fault of the kit, 3 could not be judged.
    """
    from graders import grading

    files = {
        "json": export_json,
        "html": export_html,
        "markdown": export_markdown,
        "junit": export_junit,
        "gradescope": export_gradescope,
        "classroom50": export_classroom50,
    }
    with shell.told():
        target = shell.place(folder)
        order = _order(only, seed, packages, patience, before=export_html is not None)
        planned, in_action = exports.planned(files, submitted_at, workspace=target), actions.wanted(github)
        shell.settle(target)
        with shell.progress() as progress:
            report = grading.grade(target, order, progress)
        try:
            _show(report, json, verbose, in_action)
        finally:  # also where nobody reads on
            exports.write(planned, report)
        if in_action:
            actions.tell(report, target, err=json)
    raise typer.Exit(_exit_code(report))


def _show(report: Report, json: bool, verbose: bool, in_action: bool) -> None:
    """Print it; what it says is no command to the runner of an action."""
    from graders.report import github, text

    if json:
        typer.echo(github.inert(report.as_json()) if in_action else report.as_json())
        return
    console = shell.console()
    with actions.inert(in_action):
        console.print(text.render(report, console.width, verbose=verbose))


def _order(
    only: list[str] | None,
    seed: int | None,
    packages: list[str] | None = None,
    patience: int = 1,
    before: bool = False,
) -> Order:
    from graders.grading import Order
    from graders.model import SLUGS
    from graders.slugs import chosen

    drawn = secrets.randbelow(1_000_000) if seed is None else seed
    slugs = chosen(only) if only else SLUGS
    return Order(
        shell.TREE,
        shell.version(),
        slugs,
        drawn,
        packages=tuple(packages or ()),
        patience=patience,
        before=before,
    )


def _exit_code(report: Report) -> int:
    verdicts = {bug.verdict.value for bug in report.bugs}
    return 0 if verdicts == {"fixed"} else shell.NOT_JUDGED if "inconclusive" in verdicts else 1


@app.command(epilog="Example: kit watch ada", short_help="Grade again on every save, until Ctrl-C.")
def watch(folder: Folder = None, seed: DataSeed = None, packages: With = None) -> None:
    """Grade a workspace, and after each save whatever it can have changed, until Ctrl-C.

    The rows that a save did not touch stand as they were.
    """
    from graders import watch as watches
    from graders.bugs import BUGS
    from workspaces import places

    with shell.told():
        target = shell.place(folder)
        places.expect_workspace(target)
        shell.settle(target)
        drawn = secrets.randbelow(1_000_000) if seed is None else seed
        command = watches.grade_command(target.resolve(), drawn, packages or ())
        with contextlib.closing(watches.watch(target, BUGS, command)) as events:
            show = _show_live if shell.is_screen() else _show_lines
            show(events)


def _show_live(events: Iterator[Event]) -> None:
    from rich.live import Live

    from graders.report import watched

    board, console = watched.Board(), shell.console()

    def shown() -> RenderableType:
        return watched.render(board, console.width)

    with Live(console=console, get_renderable=shown, auto_refresh=False) as live:  # idle is idle
        for event in events:
            board = watched.after(board, event, _time_of_day())
            live.refresh()


def _show_lines(events: Iterator[Event]) -> None:
    from graders.events import Graded, Trouble
    from graders.report import watched

    board = watched.Board()
    for event in events:
        previous, board = board.report, watched.after(board, event, _time_of_day())
        if isinstance(event, Graded):
            typer.echo(watched.line(board, previous))
        elif isinstance(event, Trouble):
            typer.echo(f"{_time_of_day()} not graded: {event.sentence}")
        sys.stdout.flush()


def _time_of_day() -> str:
    from datetime import datetime

    return f"{datetime.now():%H:%M:%S}"


@app.command(
    epilog="Example: kit demo", short_help="Watch the exercise being fixed and graded, step by step."
)
def demo(seed: Annotated[int, typer.Option(metavar="N", min=0, help="Of the hidden data.")] = 1) -> None:
    """Watch one fix after another being applied and graded, from broken to fixed. Takes half a minute."""
    from rich.live import Live

    from graders import demo as demos
    from graders.report import rising

    steps: list[demos.Step] = []
    doing = ["starting"]
    with shell.told(), Live(console=shell.console(), get_renderable=lambda: rising.render(steps, doing[-1:])):
        steps.extend(demos.rise(_order(None, seed), doing.append))
        doing.clear()
    if not shell.is_screen():
        typer.echo()
    raise typer.Exit(_exit_code(steps[-1].report))
