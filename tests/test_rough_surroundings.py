"""Rough hands on the surroundings: odd terminals and outputs, no home, a clock that is wrong."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from conftest import TREE, Kit, kit_command, run_kit, sentence
from desks import BROKEN, CHANGES, EDITED, MINE, Desk
from disks import mounted

from graders import variant
from graders.model import SLUGS
from workspaces import saved, workspace
from workspaces.known import Variant

GRADES = "grade ada --only missing-model --seed 7"
SHOWN = (
    "status ada",
    *(
        pytest.param(words, marks=pytest.mark.slow)
        for words in ("list", "--help", "reveal zero-pool", "grade nowhere", GRADES)
    ),
)
ESCAPE, COLOUR = "\x1b", re.compile(r"\x1b\[([0-9]+;)*(3|4|9|10)[0-9]")
COLUMNS = 40


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("home"))


def on_a_terminal(desk: Desk, words: str, **env: str) -> str:
    """All that a command shows on a narrow terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 25, COLUMNS, 0, 0))
    given = {name: value for name, value in desk.environment.items() if name not in ("COLUMNS", "NO_COLOR")}
    env = {**given, "TERM": "xterm-256color", **env}
    command = kit_command(desk.words(words))
    with (
        open(ours, "rb", buffering=0) as terminal,
        subprocess.Popen(command, cwd=desk.home, env=env, stdin=theirs, stdout=theirs, stderr=theirs),
    ):
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # so Linux tells that nobody writes any more
            while chunk := terminal.read(1 << 16):
                shown += chunk
    return shown.decode().replace("\r\n", "\n")


def too_long(text: str, columns: int) -> list[str]:
    """Lines that a space would allow to be shorter, but for commands to be pasted."""
    lines = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text).splitlines()
    wide = [line.rstrip() for line in lines if len(line.rstrip()) > columns and "kit restore" not in line]
    return [line for line in wide if " " in line.strip()[:columns]]


@pytest.mark.parametrize("words", SHOWN)
def test_a_narrow_terminal(desk: Desk, words: str) -> None:
    shown = on_a_terminal(desk, words)
    assert "Traceback" not in shown
    assert not too_long(shown, COLUMNS if words != "--help" else 50)  # click makes help no narrower
    assert not COLOUR.search(on_a_terminal(desk, words, NO_COLOR="1"))
    assert ESCAPE not in on_a_terminal(desk, words, TERM="dumb")
    piped = desk(words)
    assert ESCAPE not in piped.stdout + piped.stderr


@pytest.mark.parametrize("env", [{}, {"TERM": "dumb"}], ids=["xterm", "dumb"])
def test_no_line_of_a_patch_is_cut_off(desk: Desk, env: dict[str, str]) -> None:
    shown = re.sub(r"\x1b\[[0-9;]*m", "", on_a_terminal(desk, "reveal n-plus-one --diff", **env))
    assert "".join(shown.split()) == "".join(variant.fix_text(TREE, "n-plus-one").split())


def redirected(desk: Desk, words: str, to: str) -> subprocess.CompletedProcess[str]:
    """Run a command with its outputs as a shell sets them."""
    prefix = ["sh", "-c", f'exec "$@" {to}', "sh"]
    return run_kit(desk.home, *desk.words(words), env=desk.environment, prefix=prefix)


@pytest.mark.parametrize("words", ["status ada", "reveal zero-pool", "--help"])
def test_a_full_output(desk: Desk, words: str) -> None:
    assert "No space left" in sentence(redirected(desk, words, ">/dev/full"))


@pytest.mark.parametrize("words", ["status ada", "reveal zero-pool"])
def test_a_closed_output(desk: Desk, words: str) -> None:
    done = redirected(desk, words, ">&-")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("words", ["list", "status ada", pytest.param(GRADES, marks=pytest.mark.slow)])
def test_an_output_that_nobody_reads(desk: Desk, words: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with desk.started(words, stdout=writer) as kit:
        os.close(writer)
        _, errors = kit.communicate(timeout=60)
    assert (kit.returncode, errors) == (2, "")


@pytest.mark.parametrize(
    ("words", "to"),
    [("grade nowhere", "2>/dev/full"), ("grade --seed x", "2>/dev/full"), ("grade nowhere", "2>&-")],
)
def test_a_sentence_that_cannot_be_said_leaves_its_exit_code(desk: Desk, words: str, to: str) -> None:
    assert redirected(desk, words, to).returncode == 2


@pytest.mark.skipif(sys.platform != "linux", reason="a socket's folder has a short name only there")
def test_a_temporary_folder_with_a_long_path(desk: Desk) -> None:
    deep = desk.home / "tmp" / ("x" * 120)
    deep.mkdir()
    done = desk(GRADES, TMPDIR=str(deep))
    assert (done.returncode, done.stderr) == (1, "")
    assert not list(deep.iterdir())


HOMELESS = {"HOME": "/dev/null", "XDG_STATE_HOME": "/dev/null/state", "TMPDIR": "/dev/null"}


def test_without_a_home_all_works_that_needs_none(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for words in (
        "start --no-serve new",
        "list",
        "status ada",
        "reveal zero-pool",
        "reset new",
        "start --no-serve --fixed new",
        "branches empty",
    ):
        done = desk(words, **HOMELESS)
        assert (done.returncode, done.stderr) == (0, ""), words


@pytest.mark.slow
def test_without_a_home_a_workspace_is_graded(desk: Desk) -> None:
    assert desk(GRADES, **HOMELESS).returncode == 1


@pytest.mark.parametrize("words", [words for words in CHANGES if "NAME" not in words])
def test_without_a_home_no_edit_is_overwritten(desk: Desk, words: str) -> None:
    before = desk.seen()
    assert "cannot be saved" in sentence(desk(words, **HOMELESS))
    assert desk.seen() == before


def test_from_a_state_folder_that_cannot_be_written_edits_are_restored_over_nothing_else(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path)
    with mounted(tmp_path / "disk") as disk:
        shutil.copytree(tmp_path / "state", disk.here / "state")
        disk.lock()
        desk.prefix = disk.prefix
        state = str(disk.folder / "state")
        assert "cannot be saved" in sentence(desk("restore NAME ada", XDG_STATE_HOME=state))
        assert desk.files()[EDITED] == MINE
        desk.edit(BROKEN[EDITED])
        assert desk("restore NAME ada", XDG_STATE_HOME=state).returncode == 0
        assert desk.files() == CHANGES["restore NAME ada"]


def test_a_clock_that_was_set_back(tmp_path: Path, kit_here: Kit) -> None:
    desk, state = Desk(tmp_path), tmp_path / "state" / "debugkit"
    years = (2026, 1999, 1999, 2026, 2100)
    for nth, year in enumerate(years):
        desk.edit(f"# {nth}\n")
        with workspace.opened(
            desk.here / "ada", workspace.Setting(TREE, state, datetime(year, 11, 24, 10, 15))
        ) as one:
            one.lay(Variant(SLUGS if nth % 2 else ()))
    kept = {(one.files / EDITED).read_text(): one.name for one in saved.every(state)}
    listed = kit_here("status", desk.here / "ada").stdout
    for nth, year in enumerate(years):
        name = kept[f"# {nth}\n"]
        assert name.startswith(f"{year}1124-101500-")
        assert f"kit restore {name} " in listed
        assert kit_here("restore", name, desk.here / "ada").returncode == 0
        assert desk.files()[EDITED] == f"# {nth}\n"


@pytest.mark.slow
@pytest.mark.parametrize("year", [2100, 1971])
def test_files_of_another_time(tmp_path: Path, year: int) -> None:
    desk = Desk(tmp_path)
    moment = datetime(year, 1, 1).timestamp()
    for path in (desk.here / "ada").rglob("*"):
        os.utime(path, (moment, moment))
    assert desk(GRADES).returncode == 1
    assert desk("reset ada").returncode == 0
    assert desk.files() == BROKEN
    assert desk.keeps(MINE)
