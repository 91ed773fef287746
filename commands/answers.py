"""reveal, list, branches: what the bugs are and how each is fixed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands import shell

if TYPE_CHECKING:
    from rich.console import RenderableType

app = typer.Typer()


@app.command(
    epilog="Example: kit reveal n-plus-one --hint 1",
    short_help="Tell the answer to one bug, a hint, or apply the fix.",
)
def reveal(
    slug: shell.Slug,
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", show_default=False, help="The workspace, with --apply only."),
    ] = None,
    hint: Annotated[int | None, typer.Option(metavar="1..3", min=1, max=3, help="Only this hint.")] = None,
    diff: Annotated[bool, typer.Option("--diff", help="Only the patch.")] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Put the patch on the workspace in DIR.")] = False,
) -> None:
    """Tell the answer to one bug: symptom, cause, fix, why it works, what to say afterwards."""
    from graders import lesson, slugs, variant
    from graders.errors import UsageError

    with shell.told():
        if bool(hint) + diff + apply > 1:
            raise UsageError("--hint, --diff and --apply exclude each other: choose one.")
        if folder and not apply:
            raise UsageError(f"{folder} is only used with --apply: leave one of them out.")
        known = slugs.known(slug)
        patch, text = variant.fix_text(shell.TREE, known), variant.lesson(shell.TREE, known)
        if apply:
            _apply(known, folder)
        elif diff:
            _show(patch, "diff")
        elif hint:
            _show(lesson.sections(text)[f"Hint {hint}"])
        else:
            _show(f"{text}\n## The fix\n\n```diff\n{patch}```\n")


def _apply(slug: str, folder: Path | None) -> None:
    from graders import variant
    from workspaces import places

    target = shell.place(folder)
    places.expect_workspace(target)
    with shell.opened(target) as desk:
        applied = desk.apply(variant.fix(shell.TREE, slug))
    typer.echo(f"{'applied the fix' if applied else 'the fix is there already'}: {slug} in {target}")


def _show(text: str, lexer: str = "") -> None:
    """Markdown, or code for a lexer: rendered on a terminal, plain elsewhere."""
    from rich.markdown import Markdown
    from rich.syntax import Syntax

    if not sys.stdout.isatty():
        typer.echo(text.rstrip("\n"))
        return
    page: RenderableType = (
        Syntax(text, lexer, background_color="default", word_wrap=True) if lexer else Markdown(text)
    )
    shell.console().print(page)


@app.command("list", epilog="Example: kit list", short_help="List the bugs: name, points, symptom.")
def list_bugs() -> None:
    """List the bugs: name, points, symptom."""
    from graders.bugs import BUGS

    with shell.told():
        for probe in BUGS:
            bug = probe.bug
            typer.echo(shell.wrapped(f"{bug.slug:<16}{bug.points:>4}  {bug.symptom}", indent=22))


@app.command(
    epilog="Example: kit branches shop-answers",
    short_help="Write a git repository with every fix as a branch.",
)
def branches(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
) -> None:
    """Write a git repository with the branches broken, fixed and fix/SLUG, each with its lesson as message.

    It holds all answers: for proctors and teaching.
    """
    from workspaces import branches as repositories

    with shell.told():
        repositories.write(folder, shell.TREE, dict(os.environ))
        typer.echo(f"made {folder}: branches broken, fixed, and fix/SLUG for each bug")
