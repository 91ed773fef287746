"""What all commands share: where things are, how troubles end, what is shown on the way."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TextIO

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from workspaces.saved import Saved
    from workspaces.workspace import Setting, Workspace

TREE = Path(__file__).resolve().parent.parent

WRONG_USAGE = 2
"""The exit code of wrong usage, and of a fault of the kit itself."""
IMPATIENT = 4
"""So many signals end the kit at once, whatever it leaves."""
NOT_JUDGED = 3
"""The exit code where a submission could not be judged."""

REMEDIES = {
    errno.ENOSPC: "Make room on that disk and try again.",
    errno.EDQUOT: "Make room on that disk and try again.",
    errno.EROFS: "Choose a folder that can be written.",
    errno.EACCES: "Choose a folder that you may use, or get the right to use this one.",
    errno.EPERM: "Choose a folder that you may use, or get the right to use this one.",
}

Folder = Annotated[
    Path | None,
    typer.Argument(
        metavar="DIR",
        show_default=False,
        help="The workspace; if not given the one around here, else ./workspace.",
    ),
]
DataSeed = Annotated[
    int | None,
    typer.Option(metavar="N", min=0, show_default=False, help="Of the hidden data; drawn if not given."),
]


def complete_slug(incomplete: str) -> list[str]:
    """For the shell's completion."""
    from graders.model import SLUGS

    return [slug for slug in SLUGS if slug.startswith(incomplete)]


def complete_saved(incomplete: str) -> list[str]:
    """For the shell's completion."""
    from workspaces import saved

    return [one.name for one in saved.every(state()) if one.name.startswith(incomplete)]


Slug = Annotated[
    str, typer.Argument(metavar="SLUG", help="The bug, as kit list names it.", autocompletion=complete_slug)
]


def version() -> str:
    """The kit's own."""
    from importlib import metadata

    try:
        return metadata.version("debugkit")
    except metadata.PackageNotFoundError:
        return "unknown"


def state() -> Path:
    """The folder in which the kit keeps saved edits."""
    import platformdirs

    return platformdirs.user_state_path("debugkit")


def setting() -> Setting:
    """Where things are, and what time it is."""
    from datetime import datetime

    from workspaces.workspace import Setting

    return Setting(TREE, state(), datetime.now())


def say_saved(one: Saved, err: bool = False) -> None:
    """How to bring back what was put aside."""
    typer.echo(f"edits saved; bring them back with: kit restore {one.name}", err=err)


def opened(folder: Path) -> AbstractContextManager[Workspace]:
    """A workspace to change; what is put aside on the way is told."""
    from workspaces import workspace

    return workspace.opened(folder, setting(), say_saved)


def settle(folder: Path) -> None:
    """Finish a swap that was cut off; on the error stream, since what is printed may be a report."""
    from workspaces import workspace

    if folder.is_dir():
        workspace.settle(folder, setting(), lambda one: say_saved(one, err=True))


def place(given: Path | None) -> Path:
    """The folder meant, as short as it can be written from here."""
    from workspaces import places

    here = Path.cwd()
    found = places.find(given, here)
    return found.relative_to(here) if not given and here in found.parents else found


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Say what went wrong in one sentence, with the right exit code; 1 is kept for a grade."""
    from graders.errors import KitError, NotJudged

    try:
        _obey_signals()
        yield
        sys.stdout.flush()
    except KitError as error:
        fail(str(error), NOT_JUDGED if isinstance(error, NotJudged) else WRONG_USAGE)
    except BrokenPipeError:  # whoever read it has seen enough
        let_go(sys.stdout)
        raise typer.Exit(WRONG_USAGE) from None
    except OSError as error:
        place = f": {error.filename}" if error.filename else ""
        fail(f"{error.strerror or error}{place}. {REMEDIES.get(error.errno or 0, '')}".strip(), WRONG_USAGE)
    except SystemExit as stop:
        if stop.code not in (0, None):
            typer.echo("kit: stopped", err=True)
        raise
    except typer.Exit:
        raise
    except Exception as error:
        fail(f"A fault of the kit itself, please report it: {type(error).__name__}: {error}", WRONG_USAGE)


def _obey_signals() -> None:
    """From here on leave by way of every `finally`, so that nothing is left running."""
    from graders.process import ENDING

    came: list[int] = []

    def ended(number: int, frame: object) -> None:
        came.append(number)
        if len(came) == 1:
            raise SystemExit(128 + number)
        if len(came) > IMPATIENT:  # a second one cuts no `finally` short
            os._exit(128 + number)

    for one in ENDING:
        if signal.getsignal(one) is not signal.SIG_IGN:
            signal.signal(one, ended)


def let_go(stream: TextIO) -> None:
    """Of an output that takes no more, else Python complains once more when it ends."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def fail(sentence: str, code: int) -> NoReturn:
    """Say it and exit; on a terminal no word is broken, and lines after the first stand as they are."""
    first, *rest = f"kit: {sentence}".split("\n")
    first = wrapped(first) if sys.stderr.isatty() else first
    with contextlib.suppress(OSError):
        typer.echo("\n".join((first, *rest)), err=True)
    raise typer.Exit(code) from None


def console(**options: Any) -> Console:
    """Where tables go."""
    from rich.console import Console

    class Quiet(Console):
        def on_broken_pipe(self) -> None:  # rich would exit with 1, which means graded
            raise BrokenPipeError

    return Quiet(highlight=False, markup=False, **options)


def is_screen() -> bool:
    """Whether what is printed can be overwritten."""
    output = console()
    return output.is_terminal and not output.is_dumb_terminal


@contextlib.contextmanager
def progress(output: Console | None = None) -> Iterator[Callable[[str], None]]:
    """Says on a terminal what is going on; elsewhere nothing.

    What is printed meanwhile must go to the console `output`, else the two overwrite each other.
    """
    shown = output or console(stderr=True)
    if not shown.is_terminal or shown.is_dumb_terminal:
        yield lambda doing: None
        return
    with shown.status("starting") as status:
        yield status.update


def wrapped(line: str, indent: int = 0) -> str:
    """A line on as many as it takes here, without a broken word; further ones begin further right."""
    width = console().width
    hanging = " " * min(indent, width // 3)
    fill = textwrap.TextWrapper(
        width, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
    )
    return fill.fill(line)
