"""Child processes of a grade: started apart from the terminal, drained, and ended with all they started."""

from __future__ import annotations

import collections
import contextlib
import os
import re
import signal
import site
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

INSIDE = Path(__file__).parent / "inside"
DATABASE = "shop.db"
LOG_CHARACTERS = 64 << 10
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def environment(folder: Path) -> dict[str, str]:
    """What a workspace's processes see: nothing of the grader's own environment."""
    shown = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "DATABASE_URL": f"sqlite:///{folder / DATABASE}",
    }
    if site.ENABLE_USER_SITE:  # the kit may have been installed with `pip install --user`
        shown["PYTHONUSERBASE"] = site.getuserbase()
    return shown


def spawn(
    folder: Path,
    script: str,
    *arguments: str,
    python: str = sys.executable,
    fds: Sequence[int] = (),
    talk: bool = False,
) -> subprocess.Popen[bytes]:
    """Run a script of `inside/` in a folder: with pipes to talk to it, else with its output in one."""
    return subprocess.Popen(
        [python, "-P", "-B", str(INSIDE / script), *arguments],
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.PIPE if talk else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL if talk else subprocess.STDOUT,
        pass_fds=fds,
        start_new_session=True,  # Ctrl-C reaches the grader alone, which ends them in order
    )


def has_module(name: str, folder: Path, python: str) -> bool:
    """Whether what runs in a folder could import a top-level module from what is installed."""
    code = "import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)"
    command = [python, "-P", "-B", "-c", code, name]
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


def end(process: subprocess.Popen[bytes] | subprocess.Popen[str]) -> None:
    """Kill a process with all of its group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextlib.contextmanager
def halted(process: subprocess.Popen[bytes] | None) -> Iterator[None]:
    """A process and its group do not run while the block lasts; all of it goes on afterwards."""
    _signal(process, signal.SIGSTOP)
    try:
        yield
    finally:
        _signal(process, signal.SIGCONT)


def _signal(process: subprocess.Popen[bytes] | None, number: signal.Signals) -> None:
    """Where it is not there any more, that is found out by its silence."""
    if process:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)


@contextlib.contextmanager
def signals_held() -> Iterator[None]:
    """Signals that end the kit wait until the block is left; threads started in it never take them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    # The mask alone would not do: another thread may take the signal, and the main one would handle it here.
    handlers = {one: signal.signal(one, lambda number, frame: came.append(number)) for one in ENDING}
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for one, handler in handlers.items():
            signal.signal(one, handler)
        for number in came[:1]:
            signal.raise_signal(number)


class Log:
    """The end of what a process prints, drained all the time so that it never blocks."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._chunks: collections.deque[bytes] = collections.deque()
        self._thread = threading.Thread(target=self._drain, args=(stream,), daemon=True)
        with signals_held():  # one that interrupts the start of a thread leaves the thread in disorder
            self._thread.start()

    def _drain(self, stream: IO[bytes]) -> None:
        size = 0
        with stream:
            while chunk := os.read(stream.fileno(), 1 << 16):
                self._chunks.append(chunk)
                size += len(chunk)
                while size > 2 * LOG_CHARACTERS:
                    size -= len(self._chunks.popleft())

    def whole(self) -> str:
        """The last lines of a process that has ended; waits a moment for those that are on their way."""
        self._thread.join(0.5)
        return self.tail()

    def tail(self) -> str:
        """The last lines so far."""
        return b"".join(list(self._chunks)).decode("utf-8", "replace")[-LOG_CHARACTERS:]


def last_words(log: str, folder: Path) -> str:
    """How a log ends: the error of its last traceback, with the place in this folder that it points to."""
    lines = [line.rstrip() for line in log.splitlines() if line.strip()]
    inside = [nth for nth, line in enumerate(lines) if line.startswith('  File "')]
    after = [line for line in lines[inside[-1] :] if not line.startswith(" ")] if inside else lines[-1:]
    pattern = re.compile(rf'  File "{re.escape(str(folder.resolve()))}/(.+?)", line (\d+)')
    places = [found for line in lines if (found := pattern.match(line))]
    where = f"{places[-1][1]}, line {places[-1][2]}: " if places else ""
    return where + after[0].strip() if after else where.rstrip(": ")
