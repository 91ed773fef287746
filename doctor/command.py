"""A command that is run to see whether it works, for a bounded time."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from graders import process


class Outcome(NamedTuple):
    """How a command went, and all that it said."""

    right: bool
    said: str

    @property
    def why(self) -> str:
        """The line that names the trouble, as far as one can tell."""
        lines = [line.strip() for line in self.said.splitlines() if line.strip()]
        errors = [line for line in lines if line.lower().startswith(("error:", "fatal:"))]
        chosen = (errors or lines[-1:] or ["it says nothing"])[0]
        return chosen.removeprefix("ERROR:").strip().rstrip(".")


def run(command: Sequence[str], environment: Mapping[str, str], folder: Path, seconds: float) -> Outcome:
    """Run a command with all that it starts; what cannot be started or does not end has gone wrong."""
    child = None
    try:
        with process.signals_held():  # else one could come when it runs already, and nobody knows of it
            child = _start(command, environment, folder)
        said, _ = child.communicate(timeout=seconds)
    except OSError as error:
        return Outcome(False, error.strerror or str(error))
    except subprocess.TimeoutExpired:
        return Outcome(False, f"no end within {seconds:g} s")
    finally:
        if child and child.stdout:
            process.end(child)
            child.stdout.close()
    return Outcome(child.returncode == 0, said)


def _start(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
