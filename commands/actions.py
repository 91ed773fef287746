"""What a grade inside a GitHub Action tells the runner, beside what it prints.

A runner takes lines that begin with `::` and words like `##[error]` for commands, whatever stream they come
on. So what a submission says is printed while commands are off.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from graders.report.schema import Report

Github = Annotated[
    bool | None,
    typer.Option(
        "--github/--no-github",
        show_default=False,
        help="Write a summary and annotations for a GitHub Action; by itself inside one.",
    ),
]


def wanted(flag: bool | None) -> bool:
    """What was asked for, else whether this runs inside an action."""
    return os.environ.get("GITHUB_ACTIONS") == "true" if flag is None else flag


@contextlib.contextmanager
def inert(active: bool) -> Iterator[None]:
    """What is printed on the output stream meanwhile is no command to the runner."""
    token = secrets.token_hex(16)
    if active:
        typer.echo(f"::stop-commands::{token}")
    try:
        yield
    finally:
        if active:
            typer.echo(f"::{token}::")


def tell(report: Report, workspace: Path, err: bool) -> None:
    """Annotations, on the error stream where the output is the report; and the summary of the job."""
    from graders.bugs import BUGS
    from graders.report import github

    modules = {probe.bug.slug: probe.modules for probe in BUGS}
    typer.echo(github.annotate(report, modules, _folder(workspace)), err=err, nl=False)
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with open(summary, "ab") as file:
            room = github.SUMMARY_BYTES - file.tell()
            file.write(github.render(report, room).encode())


def _folder(workspace: Path) -> str | None:
    """Where the workspace lies in the repository; None where it is not in it."""
    root = os.environ.get("GITHUB_WORKSPACE") or "."
    try:
        folder = workspace.resolve().relative_to(Path(root).resolve())
    except ValueError:
        return None
    return "" if folder == Path() else folder.as_posix()
