"""A workspace's service, run for a person: on a port, with reload, until it is ended."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from graders.errors import UsageError
from workspaces import ports

HOST = "127.0.0.1"
SCRIPT = Path(__file__).parent / "inside" / "serve.py"


def expect_free(port: int) -> None:
    """Raise UsageError where something listens on the port, this user may not, or it is no port."""
    try:
        taken = ports.taken(port)
    except OverflowError:
        raise UsageError(f"{port} is no port: choose one from 1 to 65535 with --port.") from None
    except OSError as error:
        raise UsageError(
            f"Port {port} cannot be used ({error.strerror}): choose another with --port."
        ) from error
    if taken:
        holder = ports.holder(port)
        what = f"by {holder}: end it" if holder else "by another program: end that"
        raise UsageError(f"Port {port} is taken {what}, or choose another with --port.")


@contextlib.contextmanager
def serving(folder: Path, port: int, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """uvicorn with reload, its output on this terminal; it and its children end with the block."""
    command = [sys.executable, "-P", str(SCRIPT), str(os.getpid()), HOST, str(port)]
    server = subprocess.Popen(command, cwd=folder, env=environment, start_new_session=True)
    try:
        yield server
    finally:
        try:
            _signal(server, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(3)
        finally:  # also where a second Ctrl-C interrupts the wait
            _signal(server, signal.SIGKILL)
            server.wait()


def _signal(server: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, number)
