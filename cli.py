"""The command line `kit`; each command is in `commands/`, and nothing below these prints or exits."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Annotated, NoReturn

import typer

from commands import answers, grades, machine, regrades, shell, workspaces

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="A backend debugging exercise in a box: hand out a broken service, grade the fixes, reveal them.",
)
for group in (workspaces, grades, regrades, answers, machine):
    app.add_typer(group.app)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"kit {shell.version()}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def main() -> NoReturn:
    """Run a command; whatever becomes of its output, the exit code is right and there is no traceback."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the shell
            setattr(sys, name, open(os.devnull, "w"))
    code: int | str | None = shell.WRONG_USAGE
    try:
        app()
    except SystemExit as stop:
        code = stop.code
    except OSError as error:
        _say(error)
    sys.exit(_flushed(code))


def _flushed(code: int | str | None) -> int | str | None:
    """Write out what is left; a command whose output was lost has failed."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError as error:
            if code != shell.WRONG_USAGE:  # else it is said already
                _say(error)
            code = shell.WRONG_USAGE
            shell.let_go(stream)
    return code


def _say(error: OSError) -> None:
    with contextlib.suppress(OSError):
        if not isinstance(error, BrokenPipeError):
            typer.echo(f"kit: {error.strerror}: what it printed is lost.", err=True)


if __name__ == "__main__":
    main()
