"""The files that a grade is written to, for other tools to read."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

if TYPE_CHECKING:
    from datetime import datetime

    from graders.report.classroom50 import Assignment
    from graders.report.schema import Report

Json = Annotated[Path | None, typer.Option(metavar="FILE", help="Write the report to a file too.")]
Html = Annotated[Path | None, typer.Option(metavar="FILE", help="The same as a page, to print or to mail.")]
Markdown = Annotated[Path | None, typer.Option(metavar="FILE", help="The same in Markdown.")]
Junit = Annotated[Path | None, typer.Option(metavar="FILE", help="JUnit XML, for a CI server.")]
Gradescope = Annotated[Path | None, typer.Option(metavar="FILE", help="Gradescope's results.json.")]
Classroom50 = Annotated[
    Path | None, typer.Option("--export-classroom50", metavar="FILE", help="Classroom 50's result.json.")
]
SubmittedAt = Annotated[
    str | None,
    typer.Option(
        metavar="TIME", show_default=False, help="When it was handed in, in ISO 8601, for exports; else now."
    ),
]

CLASSROOM50 = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
}
"""What Classroom 50 says in the environment of an autograder, by field of its result."""


class Context(NamedTuple):
    """What a report does not know, and an export may need."""

    environment: Mapping[str, str]
    submitted_at: datetime | None


class Export(NamedTuple):
    """A file to be written."""

    path: Path
    render: Callable[[Report], str]


def _json(report: Report, context: Context) -> str:
    return f"{report.as_json()}\n"


def _html(report: Report, context: Context) -> str:
    from graders.report import page

    return f"{page.render(report)}\n"


def _markdown(report: Report, context: Context) -> str:
    from graders.report import markdown

    return markdown.render(report)


def _junit(report: Report, context: Context) -> str:
    from graders.report import junit

    return junit.render(report)


def _gradescope(report: Report, context: Context) -> str:
    from graders.report import gradescope

    return gradescope.render(report, context.submitted_at)


def _classroom50(report: Report, context: Context) -> str:
    from graders.report import classroom50

    return classroom50.render(report, _assignment(context.environment), context.submitted_at)


FORMATS: Mapping[str, Callable[[Report, Context], str]] = {
    "json": _json,
    "html": _html,
    "markdown": _markdown,
    "junit": _junit,
    "gradescope": _gradescope,
    "classroom50": _classroom50,
}
"""By the last word of their option, in the order in which they are written."""


def planned(files: Mapping[str, Path | None], submitted_at: str | None = None) -> list[Export]:
    """What is to be written, by format. Raises UsageError now where it could not be after the grade."""
    context = Context(os.environ, _moment(submitted_at))
    wanted = {kind: path for kind in FORMATS if (path := files.get(kind))}
    if "classroom50" in wanted:
        _assignment(context.environment)
    targets = {kind: _writable(path, kind) for kind, path in wanted.items()}
    _expect_apart(targets)
    return [Export(path, _rendering(kind, context)) for kind, path in targets.items()]


def write(exports: list[Export], report: Report) -> None:
    """Each whole or not at all. Raises KitError."""
    from graders import atomic
    from graders.errors import KitError

    for export in exports:
        try:
            atomic.write(export.path, export.render(report).encode())
        except OSError as error:
            raise KitError(f"The report could not be written to {export.path}: {error.strerror}.") from error


def _rendering(kind: str, context: Context) -> Callable[[Report], str]:
    return lambda report: FORMATS[kind](report, context)


def _writable(path: Path, kind: str) -> Path:
    """Where it really lies, so that a link stays one."""
    from graders.errors import UsageError

    if path.name == "-" and path.parent == Path():
        raise UsageError(f"--export-{kind} takes a file, not -: kit grade --json prints the report.")
    real = Path(os.path.realpath(path))
    if (real.exists() and not real.is_file()) or not os.access(real.parent, os.W_OK):
        raise UsageError(f"{path} cannot be written: name a file in a folder that is there.")
    return real


def _expect_apart(targets: Mapping[str, Path]) -> None:
    from graders.errors import UsageError

    first: dict[Path, str] = {}
    for kind, path in targets.items():
        other = first.setdefault(path, kind)
        if other != kind:
            raise UsageError(f"--export-{other} and --export-{kind} name one file: give each its own.")


def _moment(text: str | None) -> datetime | None:
    from datetime import datetime

    from graders.errors import UsageError

    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise UsageError(
            "--submitted-at takes a time in ISO 8601 with its offset, like 2026-09-01T10:00:00+02:00."
        )
    return moment


def _assignment(environment: Mapping[str, str]) -> Assignment:
    """Raises UsageError where Classroom 50 has not said whose work this is."""
    from graders.errors import UsageError
    from graders.report.classroom50 import Assignment

    if missing := [name for name in CLASSROOM50.values() if not environment.get(name)]:
        raise UsageError(
            "--export-classroom50 needs what Classroom 50 sets in the environment; "
            f"not there: {', '.join(missing)}."
        )
    said = {field: environment[name] for field, name in CLASSROOM50.items()}
    return Assignment(
        **said,
        review=environment.get("REVIEW_URL") or said["commit"],
        owner=environment.get("OWNER", ""),
        kind=environment.get("ASSIGNMENT_TYPE", ""),
    )
