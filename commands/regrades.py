"""regrade: a second look at a saved report."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands import exports, shell
from commands.grades import Patience, With

if TYPE_CHECKING:
    from datetime import datetime

    from graders.grading import Order
    from graders.report.schema import Report

app = typer.Typer()

ReportFile = Annotated[
    Path,
    typer.Argument(metavar="REPORT", show_default=False, help="A report that --export-json wrote."),
]
Submission = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", show_default=False, help="What was graded then, in case it must be run again."
    ),
]


@app.command(
    epilog="Example: kit regrade ada.json --submission ada",
    short_help="Score a saved report again by today's rules.",
)
def regrade(
    report: ReportFile,
    submission: Submission = None,
    packages: With = None,
    patience: Patience = 1,
    json: Annotated[bool, typer.Option("--json", help="Print the new report as JSON.")] = False,
    export_html: exports.Html = None,
    export_markdown: exports.Markdown = None,
    export_junit: exports.Junit = None,
    export_gradescope: exports.Gradescope = None,
    export_classroom50: exports.Classroom50 = None,
    submitted_at: exports.SubmittedAt = None,
) -> None:
    """Score a saved report again by today's rules, write the new one beside it, and say what changed and why.

    Services run only for bugs about which the report says too little, and only with --submission. The time of
    the grade never moves. Exit code: 0 done, 2 wrong usage, 3 some bugs could not be scored again.
    """
    from graders import regrade as second_look
    from graders.report import revised

    files = {
        "html": export_html,
        "markdown": export_markdown,
        "junit": export_junit,
        "gradescope": export_gradescope,
        "classroom50": export_classroom50,
    }
    with shell.told():
        old = second_look.read(report)
        planned = exports.planned(files, submitted_at, keep=[report], workspace=submission)
        _expect_room_beside(report)
        lacks = {bug.slug: second_look.missing(old, bug.slug) for bug in old.bugs}
        with shell.progress() as progress:
            new = second_look.regrade(old, _order(old, packages, patience), submission, progress, _now())
        try:
            exports.write(planned, new)
        finally:  # after them, since it takes a name that nothing has yet
            target = _save(report, new)
        if json:
            typer.echo(new.as_json())
        else:
            console = shell.console()
            kept = new.regraded.as_it_was if new.regraded else []
            console.print(revised.render(old, new, {slug: lacks[slug] for slug in kept}))
            typer.echo(f"written to {target}")
    raise typer.Exit(shell.NOT_JUDGED if new.regraded and new.regraded.as_it_was else 0)


def _order(old: Report, packages: list[str] | None, patience: int) -> Order:
    from graders.grading import Order

    slugs = tuple(bug.slug for bug in old.bugs)
    installed = tuple(packages or ())
    return Order(shell.TREE, shell.version(), slugs, old.seed, packages=installed, patience=patience)


def _now() -> datetime:
    from datetime import datetime, timezone

    return datetime.now(timezone.utc)


def _expect_room_beside(report: Path) -> None:
    from graders.errors import UsageError

    if not os.access(report.parent, os.W_OK):
        raise UsageError(f"Nothing can be written beside {report}: copy it into a folder of yours.")


def _save(old: Path, new: Report) -> Path:
    """Write it beside the old one, under a name that nothing has yet, which is returned."""
    from graders import atomic
    from graders.errors import KitError

    stem = old.name.removesuffix(".json")
    for nth in itertools.count(1):
        target = old.with_name(f"{stem}.regraded{f'-{nth}' if nth > 1 else ''}.json")
        try:
            atomic.create(target, f"{new.as_json()}\n".encode())
        except FileExistsError:
            continue
        except OSError as error:
            raise KitError(f"The report could not be written to {target}: {error.strerror}.") from error
        return target
    raise AssertionError
