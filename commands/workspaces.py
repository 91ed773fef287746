"""start, status, reset, restore: what a proctor does with workspaces."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands import shell
from commands.shell import Folder

if TYPE_CHECKING:
    from workspaces.known import Variant
    from workspaces.workspace import Workspace

app = typer.Typer()


@app.command(
    epilog="Example: kit start --broken --no-serve ada",
    short_help="Make a workspace, or swap one to another variant; serve it.",
)
def start(
    folder: Folder = None,
    broken: Annotated[bool, typer.Option("--broken", help="Swap to the variant with all bugs.")] = False,
    fixed: Annotated[bool, typer.Option("--fixed", help="Swap to the one with none.")] = False,
    fix: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SLUG",
            help="Swap to the one with this bug fixed; repeatable.",
            autocompletion=shell.complete_slug,
        ),
    ] = None,
    honest: Annotated[
        bool | None,
        typer.Option("--honest/--traps", help="Without the set-up traps, or with them.", show_default=False),
    ] = None,
    blind: Annotated[
        bool | None,
        typer.Option("--blind/--named", help="A load test that names routes, or bugs.", show_default=False),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Fill the database anew, with other data.")
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where to serve.")] = 8000,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve with reload, or make only the folder.")
    ] = True,
) -> None:
    """Make a workspace in DIR, or swap one to another variant, and serve it.

    A new one is broken, with the set-up traps and the names of the bugs; of one that is there, whatever
    is not said stays. Edits are saved before they are overwritten; how to bring them back is printed.
    """
    from workspaces import create, places

    with shell.told():
        target = shell.place(folder)
        fixes = _fixes(broken, fixed, fix)
        if serve:
            _expect_free(port)
        made = not places.is_workspace(target)
        if made:
            begun = _asked(None, fixes, honest, blind)
            create.create(target, begun, shell.setting())
            typer.echo(f"made {target}: {begun}")
        with shell.opened(target) as desk:
            if not made:
                _swap(desk, fixes, honest, blind)
            if serve or seed is not None:
                _fill(target, seed)
            if serve:
                _serve(desk, port)


def _expect_free(port: int) -> None:
    from workspaces import serve

    serve.expect_free(port)


def _fixes(broken: bool, fixed: bool, fix: list[str] | None) -> tuple[str, ...] | None:
    """The fixes asked for; None where no variant is."""
    from graders.errors import UsageError
    from graders.model import SLUGS
    from graders.slugs import chosen

    if broken + fixed + bool(fix) > 1:
        raise UsageError("--broken, --fixed and --fix exclude each other: choose one.")
    return () if broken else SLUGS if fixed else chosen(fix) if fix else None


def _swap(desk: Workspace, fixes: tuple[str, ...] | None, honest: bool | None, blind: bool | None) -> None:
    """Swap where anything is asked for."""
    desk.expect_exercise()
    if (fixes, honest, blind) == (None, None, None):
        typer.echo(f"using {desk.folder} as it is")
        return
    begun = _asked(desk.begun, fixes, honest, blind)
    desk.lay(begun)
    typer.echo(f"swapped {desk.folder}: {begun}")


def _asked(
    before: Variant | None, fixes: tuple[str, ...] | None, honest: bool | None, blind: bool | None
) -> Variant:
    """A variant with what is asked; the rest stays as it was before, if it was."""
    from workspaces.known import Variant

    there = before or Variant()
    asked = {"honest": honest, "blind": blind}
    shown = [name for name, yes in asked.items() if yes or (yes is None and name in there.presentation)]
    return Variant(there.fixes if fixes is None else fixes, tuple(shown))


def _environment() -> dict[str, str]:
    """What a workspace's own scripts see: the person's environment, but the exercise's own settings."""
    settings = {"DATABASE_URL", "ANALYTICS_TTL_SECONDS"}
    return {name: value for name, value in os.environ.items() if name not in settings}


def _fill(target: Path, seed: int | None) -> None:
    from workspaces import populate

    with shell.progress() as progress:
        progress("filling the database")
        said = populate.populate(target, seed, _environment())
    typer.echo(f"database: {said}")


def _serve(desk: Workspace, port: int) -> None:
    from workspaces import serve

    desk.share()
    typer.echo(f"serving on http://{serve.HOST}:{port}, Ctrl-C ends it")
    with serve.serving(desk.folder, port, _environment()) as server:
        raise typer.Exit(server.wait())


@app.command(epilog="Example: kit status ada", short_help="What was edited, and what is saved.")
def status(folder: Folder = None) -> None:
    """Say which variant a workspace is nearest to, what was edited since, and which edits are saved."""
    from rich.text import Text

    from workspaces import lock, places, saved
    from workspaces import status as statuses
    from workspaces.report import render

    with shell.told():
        target = shell.place(folder)
        places.expect_workspace(target)
        shell.settle(target)
        with lock.reading(target):
            seen = statuses.look(target, shell.TREE)
        kept = saved.of(target, shell.state())
        for line in render(target.resolve().name, seen, kept):
            shell.console(soft_wrap=True).print(Text(line))


@app.command(epilog="Example: kit reset ada", short_help="Back to the state it was handed out in.")
def reset(folder: Folder = None) -> None:
    """Put a workspace back to the state it was handed out in, and prove it by a hash over its files.

    Whatever was edited or added is saved first. Folders such as .git and .venv are left alone.
    """
    from workspaces import places

    with shell.told():
        target = shell.place(folder)
        places.expect_workspace(target)
        with shell.opened(target) as desk:
            done = desk.reset()
        kept = f"; left alone: {', '.join(done.kept)}" if done.kept else ""
        typer.echo(f"reset {target}: {done.begun}{kept}")
        typer.echo(f"{done.files} files as handed out, sha256 {done.sha256}")


@app.command(epilog="Example: kit restore 20261124-101500-1", short_help="Bring back edits that were saved.")
def restore(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="As kit status lists it.", autocompletion=shell.complete_saved),
    ],
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", show_default=False, help="Where they came from, if not given."),
    ] = None,
) -> None:
    """Bring back edits that were saved as NAME. What they overwrite is saved too."""
    from workspaces import saved

    with shell.told():
        wanted = saved.named(name, shell.state())
        target = folder or wanted.origin
        target.mkdir(parents=True, exist_ok=True)
        with shell.opened(target) as desk:
            desk.restore(wanted)
        count = len(wanted.paths)
        typer.echo(f"restored {count} file{'s' * (count != 1)} in {target}")
