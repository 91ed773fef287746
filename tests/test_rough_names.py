"""Rough hands at naming: a workspace in a folder whose name a shell, an URL or a terminal could misread."""

from __future__ import annotations

import json
import os
import shlex
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from conftest import environment, run_kit
from desks import together

PARTS = {
    "dash": "-ada",
    "space": " two  words ",
    "combining": "a\u0308",
    "emoji": "\U0001f98a",
    "quotes": 'it\'s "so"',
    "shell": "$(touch x)`touch x`;*[a-z]\\",
    "url": "what?a=b#c%20%s&",
    "brackets": "[red]{name}<b>",
    "newline": "a\nb",
    "escape": "a\x1b[31mb",
    "bytes": os.fsdecode(b"caf\xe9"),
}
ALL = "".join(PARTS.values())


def test_a_name_is_only_a_name(tmp_path: Path) -> None:
    only_a_name(tmp_path, (ALL, False), graded=False)


@pytest.mark.slow
def test_a_name_is_only_a_name_whatever_is_in_it(tmp_path: Path) -> None:
    rows = [(name, nth % 2 == 0) for nth, name in enumerate(PARTS.values())]
    together(only_a_name, tmp_path, [(ALL, False), (ALL, True), *rows])


def only_a_name(home: Path, row: tuple[str, bool], graded: bool = True) -> None:
    """Every command on a workspace of this name, given as an absolute path or not."""
    name, absolute = row
    desk = home / name
    desk.mkdir()
    place, folder = desk / name, [*(["--"] if not absolute else []), str(desk / name) if absolute else name]

    def done(*words: str, code: int = 0) -> str:
        ran = run_kit(home, *words, *folder, cwd=desk, errors="surrogateescape")
        assert (ran.returncode, ran.stderr) == (code, ""), (name, ran.stdout)
        return str(ran.stdout)

    done("start", "--no-serve", "--seed", "3")
    with closing(sqlite3.connect(place / "shop.db")) as connection:
        assert connection.execute("SELECT count(*) FROM products").fetchone() == (1000,)
    (place / "app" / name).write_text("mine")
    swapped = done("start", "--no-serve", "--fix", "missing-model")
    assert not (place / "app" / name).exists()
    assert "no edits" in done("status")
    if graded:
        report = json.loads(done("grade", "--only", "missing-model", "--json"))
        assert report["score"] == 15
    done("reset")
    done("reveal", "zero-pool", "--apply")
    pasted(next(line for line in swapped.splitlines() if "kit restore" in line), home)
    assert (place / "app" / name).read_text() == "mine"
    assert "1 file" in done("status")
    assert sorted(os.listdir(home)) == sorted([name, "bin", "state"])
    assert os.listdir(desk) == [name]


def pasted(line: str, home: Path) -> None:
    """Run the command that a line ends with, in a shell, somewhere else."""
    kit = home / "bin" / "kit"
    kit.parent.mkdir()
    kit.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m debugkit "$@"\n')
    kit.chmod(0o755)
    env = {**environment(home), "PATH": f"{kit.parent}:/usr/bin:/bin"}
    subprocess.run(
        ["sh", "-c", line[line.index("kit ") :]], cwd="/", env=env, check=True, capture_output=True
    )
