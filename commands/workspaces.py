"""start, status, reset, restore: what a proctor does with workspaces."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands import shell
from commands.shell import Folder

if TYPE_CHECKING:
    from workspaces.known import State
    from workspaces.saved import Saved
    from workspaces.shop import Shop

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
        bool, typer.Option("--honest", help="Without the set-up traps: a right README, no package missing.")
    ] = False,
    blind: Annotated[
        bool, typer.Option("--blind", help="With a load test that names routes, not bugs.")
    ] = False,
    seed: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Fill the database anew, with other data.")
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where to serve.")] = 8000,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve with reload, or make only the folder.")
    ] = True,
) -> None:
    """Make a workspace in DIR, broken if nothing else is said, or swap one; and serve it.

    Edits are saved before they are overwritten; how to bring them back is printed.
    """
    from workspaces import places, shop

    with shell.told():
        target = shell.place(folder)
        wanted = _wanted(broken, fixed, fix, honest, blind)
        if serve:
            _expect_free(port)
        made = not places.is_workspace(target)
        if made:
            shop.create(target, wanted or _plain(), shell.setting())
        with shop.opened(target, shell.setting()) as desk:
            if wanted and not made:
                desk.lay(wanted)
            _say_laid(desk, wanted, made)
            if serve or seed is not None:
                _fill(target, seed)
            if serve:
                _serve(desk, port)


def _expect_free(port: int) -> None:
    from workspaces import serve

    serve.expect_free(port)


def _wanted(broken: bool, fixed: bool, fix: list[str] | None, honest: bool, blind: bool) -> State | None:
    """The state asked for; None where none is."""
    from graders.errors import UsageError
    from graders.model import SLUGS
    from graders.slugs import chosen
    from workspaces.known import State

    if broken + fixed + bool(fix) > 1:
        raise UsageError("--broken, --fixed and --fix exclude each other: choose one.")
    presentation = tuple(name for name, asked in (("honest", honest), ("blind", blind)) if asked)
    if not (broken or fixed or fix or presentation):
        return None
    return State(SLUGS if fixed else chosen(fix) if fix else (), presentation)


def _plain() -> State:
    from workspaces.known import State

    return State()


def _say_laid(desk: Shop, wanted: State | None, made: bool) -> None:
    _say_saved(desk.saved)
    if made:
        typer.echo(f"made {desk.folder}: {wanted or _plain()}")
    elif wanted:
        typer.echo(f"swapped {desk.folder}: {wanted}")
    else:
        typer.echo(f"using {desk.folder} as it is")


def _say_saved(saved: list[Saved]) -> None:
    for one in saved:
        typer.echo(f"edits saved; bring them back with: kit restore {one.name}")


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


def _serve(desk: Shop, port: int) -> None:
    from workspaces import serve

    desk.share()
    typer.echo(f"serving on http://{serve.HOST}:{port}, Ctrl-C ends it")
    with serve.serving(desk.folder, port, _environment()) as server:
        raise typer.Exit(server.wait())


@app.command(epilog="Example: kit status ada", short_help="What was edited, and what is saved.")
def status(folder: Folder = None) -> None:
    """Say which variant a workspace is nearest to, what was edited since, and which edits are saved."""
    from rich.text import Text

    from workspaces import lock, places, saved, shop
    from workspaces import status as statuses
    from workspaces.report import render

    with shell.told():
        target = shell.place(folder)
        places.expect_workspace(target)
        _say_saved(shop.settle(target, shell.setting()))
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
    from workspaces import places, shop

    with shell.told():
        target = shell.place(folder)
        places.expect_workspace(target)
        with shop.opened(target, shell.setting()) as desk:
            done = desk.reset()
            _say_saved(desk.saved)
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
    from workspaces import saved, shop

    with shell.told():
        wanted = saved.named(name, shell.state())
        target = folder or wanted.origin
        target.mkdir(parents=True, exist_ok=True)
        with shop.opened(target, shell.setting()) as desk:
            desk.restore(wanted)
            _say_saved(desk.saved)
        typer.echo(f"restored {len(wanted.paths)} files in {target}")
