"""The command line: reads flags, makes one call, prints, exits. Nothing below it does any of these."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from graders.grading import Order
    from graders.report.schema import Report
    from graders.workspace import Saved

TREE = Path(__file__).resolve().parent

NOT_JUDGED = 3
"""The exit code where a submission could not be judged; 2 is wrong usage or the kit itself."""

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="A backend debugging exercise in a box: hand out a broken service, grade the fixes, reveal them.",
)

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


def _version() -> str:
    from importlib import metadata

    try:
        return metadata.version("debugkit")
    except metadata.PackageNotFoundError:
        return "unknown"


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"kit {_version()}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _ended)


def _ended(number: int, frame: object) -> NoReturn:
    """Leave by way of every `finally`, so that nothing is left running."""
    raise SystemExit(128 + number)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Say what went wrong in one sentence, with the right exit code; 1 is kept for a grade."""
    from graders.errors import KitError, MissingPackage

    try:
        yield
        sys.stdout.flush()
    except KitError as error:
        _fail(str(error), NOT_JUDGED if isinstance(error, MissingPackage) else 2)
    except OSError as error:
        _fail(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}", 2)
    except KeyboardInterrupt:
        _fail("stopped", 130)
    except typer.Exit:
        raise
    except Exception as error:
        _fail(f"A fault of the kit itself, please report it: {type(error).__name__}: {error}", 2)


def _fail(sentence: str, code: int) -> NoReturn:
    typer.echo(f"kit: {sentence}", err=True)
    raise typer.Exit(code) from None


@app.command(epilog="Example: kit start --broken --no-serve ada")
def start(
    folder: Folder = None,
    broken: Annotated[bool, typer.Option("--broken", help="Swap to the variant with all bugs.")] = False,
    fixed: Annotated[bool, typer.Option("--fixed", help="Swap to the one with none.")] = False,
    fix: Annotated[
        list[str] | None,
        typer.Option(metavar="SLUG", help="Swap to the one with this bug fixed; repeatable."),
    ] = None,
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
    from graders import populate, workspace
    from graders import serve as servers

    with _told():
        target = workspace.find(folder, Path.cwd())
        fixes = _fixes(broken, fixed, fix)
        if serve:
            servers.expect_free(port)
        _lay_out(target, fixes)
        environment = workspace.environment(dict(os.environ))
        if serve or seed is not None:
            with _progress() as progress:
                progress("filling the database")
                said = populate.populate(target, seed, environment)
            typer.echo(f"database: {said}")
        if serve:
            typer.echo(f"serving on http://{servers.HOST}:{port}, Ctrl-C ends it")
            with servers.serving(target, port, environment) as server:
                raise typer.Exit(server.wait())


def _fixes(broken: bool, fixed: bool, fix: list[str] | None) -> tuple[str, ...] | None:
    """The fixes asked for; None where no variant is."""
    from graders.errors import UsageError
    from graders.model import SLUGS
    from graders.slugs import chosen

    if broken + fixed + bool(fix) > 1:
        raise UsageError("--broken, --fixed and --fix exclude each other: choose one.")
    return () if broken else SLUGS if fixed else chosen(fix) if fix else None


def _lay_out(target: Path, fixes: tuple[str, ...] | None) -> None:
    from graders import variant, workspace

    variant_name = f"fixed: {', '.join(fixes)}" if fixes else "with all bugs"
    if not workspace.is_workspace(target):
        workspace.create(target, variant.files(TREE, fixes or ()))
        typer.echo(f"made {target}, {variant_name}")
    elif fixes is None:
        typer.echo(f"using {target} as it is")
    else:
        _say_saved(workspace.set_aside(target, TREE, _state(), datetime.now()))
        workspace.lay(target, variant.files(TREE, fixes))
        typer.echo(f"swapped {target}, {variant_name}")


def _say_saved(saved: Saved | None) -> None:
    if saved:
        typer.echo(f"edits saved; bring them back with: kit restore {saved.name}")


def _state() -> Path:
    import platformdirs

    return platformdirs.user_state_path("debugkit")


@app.command(epilog="Example: kit restore 20261124-101500-1")
def restore(
    name: str,
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", show_default=False, help="Where they came from, if not given."),
    ] = None,
) -> None:
    """Bring back edits that were saved as NAME."""
    from graders import workspace

    with _told():
        saved, overwritten = workspace.restore(name, folder, TREE, _state(), datetime.now())
        _say_saved(overwritten)
        typer.echo(f"restored in {saved.origin}")


@app.command(epilog="Example: kit grade ada --seed 7 --export-json ada.json")
def grade(
    folder: Folder = None,
    only: Annotated[list[str] | None, typer.Option(metavar="SLUG", help="Only this bug; repeatable.")] = None,
    seed: DataSeed = None,
    json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    export_json: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it to a file too.")] = None,
) -> None:
    """Grade a workspace: what is right, how fast, how many points.

    Exit code: 0 every bug fixed, 1 not all, 2 wrong usage or a fault of the kit, 3 could not be judged.
    """
    from graders import grading, workspace
    from graders.report import text

    with _told():
        target = workspace.find(folder, Path.cwd())
        order = _order(only, seed)
        if export_json:
            _expect_writable(export_json)
        with _progress() as progress:
            report = grading.grade(target, order, progress)
        console = _console()
        if json:
            typer.echo(report.as_json())
        else:
            console.print(text.render(report, console.width))
        if export_json:
            _export(export_json, report)
    raise typer.Exit(_exit_code(report))


def _expect_writable(path: Path) -> None:
    """Better now than after the grade."""
    from graders.errors import UsageError

    if path.is_dir() or not os.access(path.parent, os.W_OK):
        raise UsageError(f"{path} cannot be written: name a file in a folder that is there.")


def _export(path: Path, report: Report) -> None:
    from graders import atomic
    from graders.errors import KitError

    try:
        atomic.write(path, f"{report.as_json()}\n".encode())
    except OSError as error:
        raise KitError(f"The report could not be written to {path}: {error.strerror}.") from error


def _order(only: list[str] | None, seed: int | None) -> Order:
    from graders.grading import Order
    from graders.model import SLUGS
    from graders.slugs import chosen

    drawn = secrets.randbelow(1_000_000) if seed is None else seed
    return Order(TREE, _version(), chosen(only) if only else SLUGS, drawn)


def _exit_code(report: Report) -> int:
    verdicts = {bug.verdict.value for bug in report.bugs}
    return 0 if verdicts == {"fixed"} else NOT_JUDGED if "inconclusive" in verdicts else 1


def _console(**options: Any) -> Console:
    from rich.console import Console

    return Console(highlight=False, markup=False, **options)


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Says on a terminal what is going on; elsewhere nothing."""
    console = _console(stderr=True)
    if not console.is_terminal:
        yield lambda doing: None
        return
    with console.status("starting") as status:
        yield status.update


@app.command(epilog="Example: kit reveal n-plus-one --hint 1")
def reveal(
    slug: str,
    hint: Annotated[int | None, typer.Option(metavar="1..3", min=1, max=3, help="Only this hint.")] = None,
    diff: Annotated[bool, typer.Option("--diff", help="Only the patch.")] = False,
) -> None:
    """Tell the answer to one bug: symptom, cause, fix, why it works, what to say afterwards."""
    from graders import lesson, slugs, variant
    from graders.errors import UsageError

    with _told():
        if hint and diff:
            raise UsageError("--hint and --diff exclude each other: choose one.")
        known = slugs.known(slug)
        patch, text = variant.fix_text(TREE, known), variant.lesson(TREE, known)
        if diff:
            _show(patch, "diff")
        elif hint:
            _show(lesson.sections(text)[f"Hint {hint}"])
        else:
            _show(f"{text}\n## The fix\n\n```diff\n{patch}```\n")


def _show(text: str, lexer: str = "") -> None:
    """Markdown, or code for a lexer: rendered on a terminal, plain elsewhere."""
    from rich.markdown import Markdown
    from rich.syntax import Syntax

    if not sys.stdout.isatty():
        typer.echo(text.rstrip("\n"))
        return
    page: RenderableType = Syntax(text, lexer, background_color="default") if lexer else Markdown(text)
    _console().print(page)


@app.command("list", epilog="Example: kit list")
def list_bugs() -> None:
    """List the bugs: name, points, symptom."""
    from graders.bugs import BUGS

    with _told():
        for probe in BUGS:
            typer.echo(f"{probe.bug.slug:<16}{probe.bug.points:>4}  {probe.bug.symptom}")


@app.command(epilog="Example: kit demo")
def demo(seed: Annotated[int, typer.Option(metavar="N", min=0, help="Of the hidden data.")] = 1) -> None:
    """Watch one fix after another being applied and graded, from broken to fixed. Takes half a minute."""
    from rich.live import Live

    from graders import demo as demos
    from graders.report import rising

    steps: list[demos.Step] = []
    doing = ["starting"]
    with _told(), Live(console=_console(), get_renderable=lambda: rising.render(steps, doing[-1:])):
        steps.extend(demos.rise(_order(None, seed), doing.append))
        doing.clear()
    raise typer.Exit(_exit_code(steps[-1].report))


if __name__ == "__main__":
    app()
