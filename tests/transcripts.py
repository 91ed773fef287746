"""Transcripts: what a user types and reads, at 80 columns and without colours, in files that pin it.

A line that begins with `$ ` is typed; what follows it is printed, up to the next such line. A command
that runs until Ctrl-C says so: `# Ctrl-C after "some words"`.
"""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent / "transcripts"
UNTIL = re.compile(r'# Ctrl-C after "(.+)"$')
PATIENCE_SECONDS = 120

DIFFERS = (
    (r"\d{8}-\d{6}-\d+", "20261124-101500-1"),
    (r"\b\d\d:\d\d:\d\d\b", "10:42:07"),
    (r"sha256 [0-9a-f]{64}", "sha256 0123456789abcdef..."),
    (r"\b\d+(\.\d+)? ms\b", "12 ms"),
    (r"\b\d+\.\d s\b", "6.2 s"),
    (r"noise \d+%", "noise 10%"),
    (r"\d+ cores", "2 cores"),
    (r"\d+ GB free", "80 GB free"),
    (r"(?<=\[)\d+(?=\])|(?<=process )\d+", "1234"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?", "2026-11-24 10:15"),
    (r"(python3 is|fastapi|uvicorn|sqlalchemy|pydantic)(\s+)\d+\.\d+\.\d+", r"\1\g<2>1.2.3"),
    (r"datetime\.datetime\([\d, ]+\)", "datetime.datetime(2026, 10, 25, 8, 0, 39, 123456)"),
    (r"KeyError: \(\d+,", "KeyError: (2605,"),
    (r"/products/\d+/", "/products/32/"),
    (r"(?m)^(. isolation +).*\n( {5,}.*\n)*", r"\1what this machine has\n"),
    (r"(?m)^. (speed +).*\n( {5,}.*\n)*", r"+ \1how fast this machine is\n"),
    (r"(?m)^(. cores +).*\n( {5,}.*\n)*", r"\1how many this machine has\n"),
    (r"with \d warnings?", "with 1 warning"),
    (r"WatchFiles|StatReload", "WatchFiles"),
)
"""What is not the same from run to run, and what stands for it."""


def commands(text: str) -> list[str]:
    """What is typed in a transcript."""
    return [line[2:] for line in text.splitlines() if line.startswith("$ ")]


def normal(text: str, desk: str = "") -> str:
    """A transcript without what differs from run to run."""
    shown = text.replace(desk, "/desk") if desk else text
    for pattern, instead in DIFFERS:
        shown = re.sub(pattern, instead, shown)
    return "\n".join(line.rstrip() for line in shown.strip().splitlines())


def alike(one: str, other: str) -> bool:
    """Whether they are the same but for widths, which follow the numbers."""
    return _narrow(one) == _narrow(other)


def _narrow(text: str) -> str:
    return re.sub(r" +", " ", re.sub(r"─{4,}", "────", text))


def played(text: str, kit: Path) -> str:
    """The transcript that its commands give today, in a new and empty folder; `kit` holds the program."""
    with tempfile.TemporaryDirectory(prefix="desk-") as home:
        desk = Path(home).resolve() / "desk"
        desk.mkdir()
        environment = {
            "PATH": f"{kit}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(desk.parent),
            "XDG_STATE_HOME": str(desk.parent / "state"),
            "COLUMNS": "80",
            "NO_COLOR": "1",
            "LANG": "C.UTF-8",
        }
        return normal("".join(_lines(commands(text), desk, environment)), str(desk.parent)) + "\n"


def _lines(typed: list[str], desk: Path, environment: dict[str, str]) -> Iterator[str]:
    for command in typed:
        yield f"$ {command}\n"
        said, code = _typed(command, desk, environment)
        yield said if said.endswith("\n") or not said else f"{said}\n"
        if code not in (0, 128 + signal.SIGINT):
            yield f"(exit code {code})\n"


def _typed(command: str, desk: Path, environment: dict[str, str]) -> tuple[str, int]:
    until = UNTIL.search(command)
    words = ["sh", "-c", f"exec {command}" if until else command]
    return run(words, desk, environment, until[1] if until else "")


def run(words: list[str], desk: Path, environment: dict[str, str], until: str = "") -> tuple[str, int]:
    """What a command printed, on both streams, and its exit code; after the words of `until` comes Ctrl-C."""
    with (desk.parent / "said").open("w+b") as said:
        running = subprocess.Popen(
            words,
            cwd=desk,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        try:
            if until:
                _wait_for(until, Path(said.name), running)
                running.send_signal(signal.SIGINT)
            code = running.wait(PATIENCE_SECONDS)
        finally:
            running.kill()
            running.wait()
    return Path(said.name).read_text("utf-8"), code


def _wait_for(words: str, said: Path, running: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while words not in said.read_text("utf-8") and running.poll() is None and time.monotonic() < end:
        time.sleep(0.05)


def program(folder: Path) -> Path:
    """A folder with a `kit` that runs this tree by this Python."""
    tree = Path(__file__).resolve().parent.parent
    script = folder / "kit"
    run = "sys.argv[0] = 'kit'; import debugkit; debugkit.main()"
    code = shlex.quote(f"import sys; sys.path.insert(0, {str(tree)!r}); {run}")
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -P -c {code} "$@"\n')
    script.chmod(0o755)
    return folder
