"""What the tests share: the kit's tree, workspaces laid out of it, and a grade with short patience."""

from __future__ import annotations

import functools
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

import cli
from graders import grading, variant
from graders.model import SLUGS, Limits
from graders.process import ENDING
from graders.report.schema import Report

pytest.register_assert_rewrite("pages", "repositories", "watches")  # asserts there say what came, as in tests

for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(number) is signal.SIG_IGN:  # as in the background of a script; kits inherit it
        signal.signal(number, usual)

TREE = Path(__file__).resolve().parent.parent
SUBMISSIONS = TREE / "tests" / "submissions"

Lay = Callable[..., Path]
Kit = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def lay(tmp_path: Path) -> Lay:
    """Lays a variant out, by the slugs that are fixed, with a tiny submission over it if one is named."""

    def _lay(fixes: Collection[str] = (), over: str = "", name: str = "shop") -> Path:
        folder = tmp_path / name
        variant.write(variant.files(TREE, fixes), folder)
        for path in (SUBMISSIONS / over).rglob("*.py") if over else ():
            (folder / path.relative_to(SUBMISSIONS / over)).write_text(path.read_text())
        return folder

    return _lay


def grade(
    folder: Path, slugs: Collection[str] = SLUGS, limits: Limits | None = None, seed: int = 7
) -> Report:
    """Grade a folder, in this process."""
    order = grading.Order(TREE, "test", tuple(slugs), seed, limits or Limits())
    return grading.grade(folder, order, lambda doing: None)


def verdicts(report: Report) -> dict[str, str]:
    """The verdict of each bug."""
    return {bug.slug: bug.verdict.value for bug in report.bugs}


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    """Runs the command line in a process of its own, in an empty folder with a state folder of its own.

    `prefix` is what runs it, `env` goes over the environment, other options are those of subprocess.run.
    """

    return functools.partial(run_kit, tmp_path)


@pytest.fixture
def kit_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Kit]:
    """What the fixture `kit` does, in this process: much quicker, for what lasts a moment."""
    handlers = {one: signal.getsignal(one) for one in ENDING}
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str | Path, cwd: Path = tmp_path) -> subprocess.CompletedProcess[str]:
        words = [*map(str, arguments)]
        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", ["kit", *words])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        code = stop.value.code
        return subprocess.CompletedProcess(words, code if isinstance(code, int) else 0, *capsys.readouterr())

    yield run
    for one, handler in handlers.items():
        signal.signal(one, handler)


def run_kit(
    home: Path,
    *arguments: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    prefix: Sequence[str] = (),
    **options: Any,
) -> subprocess.CompletedProcess[str]:
    """What the fixture `kit` does, for any folder."""
    given = {"capture_output": True, "text": True, "timeout": 120, "check": False, **options}
    return subprocess.run(
        kit_command(arguments, prefix), cwd=cwd or home, env={**environment(home), **(env or {})}, **given
    )


def kit_command(
    arguments: Iterable[str | Path], prefix: Sequence[str] = (), runner: Sequence[str] = ()
) -> list[str]:
    """The whole command; a runner is a script, with its arguments, that runs the kit."""
    return [*prefix, sys.executable, *(runner or ("-m", "debugkit")), *map(str, arguments)]


def environment(home: Path) -> dict[str, str]:
    """What a kit sees that is run by a test, with its state folder in a home of its own."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(home),
        "XDG_STATE_HOME": str(home / "state"),
        "COLUMNS": "80",
        "NO_COLOR": "1",
    }


def sentence(done: subprocess.CompletedProcess[str], code: int = 2) -> str:
    """The one sentence that a command said, ending with this code; click's usage may stand above it."""
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    usage = re.match(r"Usage: .*\nTry .*\n\n(?=Error: )", done.stderr)
    said = done.stderr[usage.end() :] if usage else done.stderr
    assert re.fullmatch(r"(kit|Error): .+\n", said), done.stderr
    return said


def snapshot(folder: Path) -> dict[str, bytes]:
    """By path, all that lies in a folder: what files hold, where links point, and folders."""
    return {
        path.relative_to(folder).as_posix(): b"-> " + os.fsencode(os.readlink(path))
        if path.is_symlink()
        else path.read_bytes()
        if path.is_file()
        else b"/"
        for path in folder.rglob("*")
    }


def until(condition: Callable[[], bool], seconds: float = 20) -> bool:
    """Wait for a condition; whether it came true."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Whether something listens on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
