"""One kit at a time changes a folder; the second says so."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import TREE

from graders.errors import Busy
from workspaces import lock


def test_the_second_says_who_is_first_and_goes_on_when_that_is_done(tmp_path: Path) -> None:
    with lock.changing(tmp_path):
        with (
            pytest.raises(Busy, match=f"process {os.getpid()}" if sys.platform == "linux" else "Another kit"),
            lock.changing(tmp_path),
        ):
            pass
        with pytest.raises(Busy), lock.reading(tmp_path, seconds=0):
            pass
    with lock.changing(tmp_path):
        pass
    assert not list(tmp_path.iterdir())


def test_readers_are_together_and_keep_changes_out(tmp_path: Path) -> None:
    with lock.reading(tmp_path), lock.reading(tmp_path), pytest.raises(Busy), lock.changing(tmp_path):
        pass


def test_what_is_shared_lets_readers_in_and_no_changes(tmp_path: Path) -> None:
    with lock.changing(tmp_path) as handle:
        lock.share(handle)
        with lock.reading(tmp_path, seconds=0), pytest.raises(Busy), lock.changing(tmp_path):
            pass


def test_the_lock_of_a_killed_process_is_gone(tmp_path: Path) -> None:
    code = f"""
import os, signal
from pathlib import Path
from workspaces import lock
with lock.changing(Path({str(tmp_path)!r})):
    os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=TREE, check=False)
    assert done.returncode == -signal.SIGKILL
    with lock.changing(tmp_path):
        pass
