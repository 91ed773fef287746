"""A workspace's service, run for a person: on a port, with reload, until it is ended."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from graders.errors import UsageError
from graders.process import INSIDE

HOST = "127.0.0.1"


def expect_free(port: int) -> None:
    """Raise UsageError where something listens on the port, or it is no port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise UsageError(
                f"Port {port} cannot be used ({error}): stop what runs there, or choose another with --port."
            ) from error


@contextlib.contextmanager
def serving(folder: Path, port: int, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """uvicorn with reload, its output on this terminal; it and its children end with the block."""
    command = [sys.executable, "-P", str(INSIDE / "serve.py"), str(os.getpid()), HOST, str(port)]
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
