"""The code of a recipe in docs/, and the programs that it finds where a test runs it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import transcripts


def blocks(page: str, language: str) -> list[str]:
    """The blocks of code in one language, as they stand."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def executable(path: Path, text: str) -> Path:
    """A script that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def kit(folder: Path, *more: str) -> None:
    """The program `kit` in a folder, given some arguments more."""
    folder.mkdir(parents=True)
    transcripts.program(folder)
    program = folder / "kit"
    program.write_text(program.read_text().replace('"$@"', f'"$@" {shlex.join(more)}'))
