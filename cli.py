"""The command line: reads flags, makes one call, prints, exits. Nothing below it does any of these."""

from __future__ import annotations

import contextlib
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

TREE = Path(__file__).resolve().parent

NOT_JUDGED = 3
"""The exit code where a submission could not be judged; 2 is wrong usage or the kit itself."""

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="A backend debugging exercise in a box: hand out a broken service, grade the fixes, reveal them.",
)

Folder = Annotated[Path | None, typer.Argument(metavar="DIR", show_default=False)]
Seed = Annotated[int | None, typer.Option(metavar="N", min=0, show_default=False)]
Only = Annotated[list[str] | None, typer.Option(metavar="SLUG", help="Only this bug; may be repeated.")]


def _version() -> str:
    from importlib import metadata

    return metadata.version("debugkit")


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
    """Say what went wrong in one sentence, with the right exit code."""
    from graders.errors import KitError, MissingPackage

    try:
        yield
    except KitError as error:
        typer.echo(f"kit: {error}", err=True)
        raise typer.Exit(NOT_JUDGED if isinstance(error, MissingPackage) else 2) from None
    except OSError as error:
        typer.echo(f"kit: {error.strerror or error}: {error.filename or 'see above'}", err=True)
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


@app.command(epilog="Example: kit start --broken --no-serve ada")
def start(
    folder: Folder = None,
    broken: Annotated[bool, typer.Option("--broken", help="With all bugs (a new workspace is).")] = False,
    fixed: Annotated[bool, typer.Option("--fixed", help="With all bugs fixed.")] = False,
    fix: Annotated[
        list[str] | None, typer.Option(metavar="SLUG", help="With this one fixed; repeatable.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Fill the database anew, otherwise.")
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where to serve.")] = 8000,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="--no-serve: only the folder.")] = True,
) -> None:
    """Make a workspace in DIR, or swap one to another variant, and serve it with reload.

    Edits are saved before they are overwritten; how to bring them back is printed.
    """
    from graders import serve as servers
    from graders import workspace

    with _told():
        target = workspace.find(folder, Path.cwd())
        if serve:
            servers.expect_free(port)
        _lay_out(target, _fixes(broken, fixed, fix))
        if serve or seed is not None:
            with _progress() as progress:
                progress("filling the database")
                said = workspace.populate(target, seed)
            typer.echo(f"database: {said}")
        if serve:
            _serve(target, port)


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

    if not workspace.is_workspace(target):
        workspace.create(target, variant.files(TREE, fixes or ()))
        typer.echo(f"workspace: {target}")
    elif fixes is not None:
        saved = workspace.swap(target, variant.files(TREE, fixes), TREE, _state(), datetime.now())
        if saved:
            typer.echo(f"edits saved; bring them back with: kit restore {saved.name}")
        typer.echo(f"workspace: {target}, fixed: {', '.join(fixes) or 'nothing'}")


def _serve(target: Path, port: int) -> None:
    from graders import serve as servers

    typer.echo(f"serving on http://{servers.HOST}:{port}, Ctrl-C ends it")
    with servers.serving(target, port) as server:
        raise typer.Exit(server.wait())


def _state() -> Path:
    import platformdirs

    return platformdirs.user_state_path("debugkit")


@app.command(epilog="Example: kit restore 20261124-101500")
def restore(name: str, folder: Folder = None) -> None:
    """Bring back edits that were saved as NAME, to where they came from or into DIR."""
    from graders import workspace

    with _told():
        saved, overwritten = workspace.restore(name, folder, TREE, _state(), datetime.now())
        if overwritten:
            typer.echo(f"edits saved; bring them back with: kit restore {overwritten.name}")
        typer.echo(f"restored in {saved.origin}")


@app.command(epilog="Example: kit grade ada --seed 7 --export-json ada.json")
def grade(
    folder: Folder = None,
    only: Only = None,
    seed: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Of the hidden data; else drawn.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    export_json: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it to a file too.")] = None,
) -> None:
    """Grade a workspace: what is right, how fast, how many points.

    Exit code: 0 every bug fixed, 1 not all, 2 wrong usage or a fault of the kit, 3 could not be judged.
    """
    from graders import atomic, grading, workspace
    from graders.report import text

    with _told():
        target = workspace.find(folder, Path.cwd())
        with _progress() as progress:
            report = grading.grade(target, _order(only, seed), progress)
        if export_json:
            atomic.write(export_json, f"{report.as_json()}\n".encode())
        if json:
            typer.echo(report.as_json())
        else:
            _console().print(text.render(report))
    raise typer.Exit(_exit_code(report))


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
    from rich.syntax import Syntax

    from graders import lesson, variant
    from graders.slugs import chosen

    with _told():
        (known,) = chosen([slug])
        patch = (TREE / "solutions" / known / "fix.patch").read_text("utf-8")
        console = _console()
        if diff and not console.is_terminal:
            typer.echo(patch, nl=False)
        elif diff:
            console.print(Syntax(patch, "diff", background_color="default"))
        elif hint:
            console.print(_markdown(lesson.sections(variant.lesson(TREE, known))[f"Hint {hint}"]))
        else:
            console.print(_markdown(f"{variant.lesson(TREE, known)}\n## The fix\n\n```diff\n{patch}```\n"))


def _markdown(text: str) -> RenderableType:
    from rich.markdown import Markdown

    return Markdown(text, code_theme="default") if sys.stdout.isatty() else text


@app.command("list", epilog="Example: kit list")
def list_bugs() -> None:
    """List the bugs: name, points, symptom."""
    from graders.bugs import BUGS

    for probe in BUGS:
        typer.echo(f"{probe.bug.slug:<16}{probe.bug.points:>4}  {probe.bug.symptom}")


@app.command(epilog="Example: kit demo")
def demo(seed: Annotated[int, typer.Option(metavar="N", min=0, help="Of the hidden data.")] = 1) -> None:
    """Watch one fix after another being applied and graded, from broken to fixed. Takes a minute."""
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
