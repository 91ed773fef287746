"""doctor/command.py: a command that is tried ends, in time and with the kit."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from doctor import command
from doctor.command import Outcome


def test_commands_are_tried_for_a_bounded_time(tmp_path: Path) -> None:
    def tried(script: str, seconds: float = 20) -> Outcome:
        return command.run(["sh", "-c", script], {"PATH": "/usr/bin:/bin", "X": "42"}, tmp_path, seconds)

    assert tried("echo $X; pwd -P") == Outcome(True, f"42\n{tmp_path.resolve()}\n")
    assert tried("echo no >&2; exit 3") == Outcome(False, "no\n")
    assert tried("sleep 60 & wait", 0.05) == Outcome(False, "no end within 0.05 s")
    missing = command.run(["no-such-program"], {"PATH": "/usr/bin"}, tmp_path, 1)
    assert missing == Outcome(False, "No such file or directory")


def test_a_command_that_is_tried_ends_with_the_kit(tmp_path: Path) -> None:
    def interrupt(*arguments: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(KeyboardInterrupt):
            command.run(["sh", "-c", "echo $$ > id; exec sleep 60"], {"PATH": "/usr/bin:/bin"}, tmp_path, 20)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "id").read_text()), 0)
