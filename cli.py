"""The command line `kit`; each command is in `commands/`, and nothing below these prints or exits."""

from __future__ import annotations

from typing import Annotated

import typer

from commands import answers, grades, machine, shell, workspaces

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="A backend debugging exercise in a box: hand out a broken service, grade the fixes, reveal them.",
)
for group in (workspaces, grades, answers, machine):
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


if __name__ == "__main__":
    app()
