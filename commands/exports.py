"""The files that a grade is written to, for other tools to read."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Mapping, Sequence
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


REPLACED = {".html", ".json", ".xml"}
"""Names of exports by their ends; the exercise has no such file."""
MARKDOWN = b"# `"
"""How an export in Markdown begins."""


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


def planned(
    files: Mapping[str, Path | None],
    submitted_at: str | None = None,
    keep: Sequence[Path] = (),
    workspace: Path | None = None,
) -> list[Export]:
    """What is to be written, by format; raises UsageError now where it could not be after the grade.

    The files in `keep` stay as they are, and so does what somebody wrote in the workspace.
    """
    context = Context(os.environ, _moment(submitted_at))
    wanted = {kind: path for kind in FORMATS if (path := files.get(kind))}
    if "classroom50" in wanted:
        _assignment(context.environment)
    targets = {kind: _writable(path, kind) for kind, path in wanted.items()}
    _expect_apart(targets)
    for kind, path in targets.items():
        _expect_harmless(kind, path, keep, workspace)
    return [Export(path, _rendering(kind, context)) for kind, path in targets.items()]


def write(exports: list[Export], report: Report) -> None:
    """Each whole or not at all, and all that can be. Raises KitError, which names the others."""
    from graders.errors import KitError

    troubles = [f"{export.path}: {trouble}" for export in exports if (trouble := _trouble(export, report))]
    if troubles:
        raise KitError(f"The report could not be written to {'; '.join(troubles)}.")


def _trouble(export: Export, report: Report) -> str:
    """Write one; why that could not be, else nothing. Its fault must not lose the others."""
    from graders import atomic

    try:
        atomic.write(export.path, export.render(report).encode())
    except OSError as error:
        return error.strerror or str(error)
    except Exception as error:
        return f"a fault of the kit itself, please report it: {type(error).__name__}: {error}"
    return ""


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

    for (one, path), (other, second) in itertools.combinations(targets.items(), 2):
        if _same(path, second):
            raise UsageError(f"--export-{one} and --export-{other} name one file: give each its own.")


def _expect_harmless(kind: str, path: Path, keep: Sequence[Path], workspace: Path | None) -> None:
    """Raises UsageError where an export would replace what nobody can grade or write again."""
    from graders.errors import UsageError

    if any(_same(path, Path(os.path.realpath(one))) for one in keep):
        raise UsageError(f"--export-{kind} would overwrite {path.name}, which is read: name another file.")
    if workspace and path.is_relative_to(os.path.realpath(workspace)) and not _is_replaceable(path):
        raise UsageError(
            f"--export-{kind} would overwrite {path.name}, which is part of the workspace and no earlier "
            "export: name a file outside of the workspace."
        )


def _same(one: Path, other: Path) -> bool:
    """Whether two real paths name one file, be it by a hard link."""
    return one == other or (one.exists() and other.exists() and os.path.samefile(one, other))


def _is_replaceable(path: Path) -> bool:
    """Not there, named as no file of the exercise is, or Markdown that the kit wrote."""
    if not path.exists() or path.suffix in REPLACED:
        return True
    with open(path, "rb") as file:
        return path.suffix == ".md" and file.read(len(MARKDOWN)) == MARKDOWN


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
