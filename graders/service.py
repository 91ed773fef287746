"""One workspace's service, booted on a socket of the grader's own, with a clerk beside it."""

from __future__ import annotations

import contextlib
import json
import math
import mmap
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from graders import process, sockets
from graders.clerk import Clerk
from graders.client import Answer, Burst, Request, Unanswered, ask
from graders.initialise import Initialisation
from graders.model import Statement, Trace

LOG_SECONDS = 0.1
TRACING, TRACED = 3, 4
"""Slots of the counters: how many more statements are to be kept, and how many bytes of them there are."""
TRACE_STATEMENTS = 60
TRACE_START = 64
MEMORY_BYTES = 512 << 10
"""For counters, and for all statements of a trace in the longest way to write them as JSON."""
CHILD_TABLES = {"product_views": 1, "product_costs": 2}


class Statements(NamedTuple):
    """SQL statements: all, and those that read each child table, by its name or through a database view."""

    total: int
    views: int
    costs: int

    def since(self, before: Statements) -> Statements:
        """What came after `before`."""
        return Statements(*(now - then for now, then in zip(self, before, strict=True)))


class Service:
    """One workspace's service behind a Unix socket, in a folder of the grader's own, run by one `python`.

    `starts` counts how often it was booted; `trouble` says why it does not answer, once it does not.
    """

    def __init__(self, folder: Path, python: str = sys.executable) -> None:
        self.folder = folder
        self.python = python
        self.starts = 0
        self.trouble = ""
        self._run = Path(tempfile.mkdtemp(prefix="run-", dir=folder.parent))
        self._stack = contextlib.ExitStack()
        self._sockets = self._stack.enter_context(sockets.near(self._run))
        self._counters = tempfile.TemporaryFile(dir=self._run)
        self._counters.truncate(MEMORY_BYTES)
        self._memory = mmap.mmap(self._counters.fileno(), 0)
        self._process: subprocess.Popen[bytes] | None = None
        self._log: process.Log | None = None
        self._making: Initialisation | None = None
        self.clerk = Clerk(folder, python)

    def initialise(self) -> None:
        """Have its `init_db.py` make its database, in a child of the process that will answer.

        So that everything is imported once for both.
        """
        reading, writing = os.pipe()
        output = open(reading, "rb", buffering=0)
        try:
            control = self._spawn(writing)
        except BaseException:
            output.close()
            raise
        finally:
            os.close(writing)
        self._making = Initialisation(control, output)

    def initialised(self, seconds: float) -> str:
        """Wait for the database: empty where it was made, else why not; then `start` boots anew."""
        assert self._making
        if trouble := self._making.trouble(seconds, self.folder):
            self.stop()
        return trouble

    def start(self) -> None:
        """Boot on a socket that is bound here: it takes requests at once, and answers when it is up."""
        making, self._making = self._making, None
        control = making.control if making else self._spawn()
        slots = ",".join(f"{name}:{places}" for name, places in self._slots().items())
        with control, contextlib.suppress(OSError):  # one that is gone is found out by its silence
            control.sendall(slots.encode() + b"\n")
        if making:
            making.close()
        self.starts += 1

    def _spawn(self, *more: int) -> socket.socket:
        """Boot as far as possible before there is a database; what comes back tells it to go on."""
        path = self._socket_path()
        path.unlink(missing_ok=True)
        control, theirs = socket.socketpair()
        try:
            with theirs, socket.socket(socket.AF_UNIX) as listener:
                listener.bind(str(path))
                listener.listen(128)
                self._process = self._process_with(listener.fileno(), theirs.fileno(), *more)
        except BaseException:
            control.close()
            raise
        assert self._process.stdout
        self._log = process.Log(self._process.stdout)
        return control

    def _process_with(self, listener: int, control: int, *more: int) -> subprocess.Popen[bytes]:
        fds = (listener, self._counters.fileno(), control, *more)
        arguments = map(str, (os.getpid(), *fds))
        return process.spawn(self.folder, "boot.py", *arguments, python=self.python, fds=fds)

    def _slots(self) -> dict[str, str]:
        """Where statements are counted, by the table or view that they name."""
        slots = {name: str(place) for name, place in CHILD_TABLES.items()}
        with contextlib.suppress(Unanswered):
            for name, reads in self.clerk.call("views").items():
                if reads and re.fullmatch(r"\w+", name):
                    slots[name] = "+".join(str(CHILD_TABLES[table]) for table in reads)
        return slots

    def _socket_path(self) -> Path:
        return self._sockets / f"s{self.starts}"

    def wait(self, seconds: float) -> None:
        """Until `/health` answers. Raises Unanswered with the reason where it does not."""
        try:
            ask(self.path, Request("/health"), seconds)
        except Unanswered as error:
            self.trouble = self._why() or str(error)
            raise Unanswered(self.trouble) from error

    @property
    def path(self) -> Path:
        """The socket's."""
        return self._sockets / f"s{self.starts - 1}"

    def _why(self) -> str:
        """The last thing an ended process said; nothing while it runs."""
        if not self._process or not self._log:
            return ""
        deadline = time.monotonic() + 1
        while self._process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        if self._process.poll() is None:
            return ""
        return process.last_words(self._log.whole(), self.folder) or f"exit code {self._process.returncode}"

    def last_error(self) -> str:
        """The last error that the service logged; waits a moment for the one of an answer that just came."""
        time.sleep(LOG_SECONDS)
        return process.last_words(self._log.tail(), self.folder) if self._log else ""

    def ask(self, request: Request, seconds: float) -> Answer:
        """One request. Raises Unanswered."""
        return ask(self.path, request, seconds)

    def burst(self, requests: Sequence[Request], seconds: float, halted: bool = False) -> Burst:
        """Requests sent at once; a service that is `halted` meanwhile gets them together, on any machine."""
        return Burst(self.path, requests, seconds, process.halted(self._process) if halted else None)

    def ask_at_once(self, requests: Sequence[Request], seconds: float, halted: bool = False) -> list[Answer]:
        """Requests sent at once, and all answers to them. Raises Unanswered."""
        with self.burst(requests, seconds, halted) as burst:
            return [burst.read(nth) for nth in range(len(requests))]

    def statements(self) -> Statements:
        """The counts so far, over all of its starts."""
        return Statements(*struct.unpack_from("3Q", self._memory))

    def trace(self, request: Request, seconds: float) -> Trace:
        """What the service sends to its database for one request, whatever it answers. Raises Unanswered."""
        self._set(TRACED, 0)
        before, start = self.statements().total, time.monotonic()
        self._set(TRACING, TRACE_STATEMENTS)
        try:
            answer = self.ask(request, seconds)
        finally:
            self._set(TRACING, 0)
        total = self.statements().total - before
        kept = self._traced(start)
        return Trace(f"{request.method} {request.path}", answer.seconds, total, kept, answer.status)

    def _traced(self, start: float) -> tuple[Statement, ...]:
        """The statements that were kept; what else is there was written by somebody else."""
        (size,) = struct.unpack_from("Q", self._memory, 8 * TRACED)
        lines = self._memory[TRACE_START : TRACE_START + size].splitlines()[:TRACE_STATEMENTS]
        try:
            kept = [(str(sql), float(at) - start) for at, sql in map(json.loads, lines)]
        except (TypeError, ValueError, OverflowError, RecursionError):
            return ()
        return tuple(Statement(sql, at) for sql, at in kept if 0 <= at < math.inf)

    def _set(self, slot: int, value: int) -> None:
        struct.pack_into("Q", self._memory, 8 * slot, value)

    def stop(self) -> None:
        """End the service; its clerk stays."""
        if self._process and self._making:
            self._making.end(self._process.pid)
            self._making = None
        if self._process:
            process.end(self._process)
            self._process = None

    def close(self) -> None:
        """End everything and remove what lies on the disk."""
        self.stop()
        self.clerk.close()
        self._memory.close()
        self._counters.close()
        self._stack.close()
        shutil.rmtree(self._run, ignore_errors=True)
