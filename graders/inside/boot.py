"""Run a workspace: have its `init_db.py` make its database, then answer on an inherited socket.

`boot.py PARENT SOCKET COUNTERS CONTROL [OUTPUT]`: a process id and open files. With OUTPUT, which takes what
`init_db.py` prints, that is run first, and CONTROL told of it. Answers once a line of slots can be read from
there. Runs with the workspace as current directory and first on the import path.
Statements are counted at the SQLite driver, before any of the workspace is imported to answer: ORM, Core,
raw and direct connections all count.
"""

from __future__ import annotations

import _sqlite3
import contextlib
import ctypes
import gc
import importlib
import json
import mmap
import os
import re
import signal
import sqlite3
import sqlite3.dbapi2
import sys
import threading
import time
import types
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

PR_SET_PDEATHSIG = 1
TRACING, TRACED = 3, 4
"""Slots of the counters: whether statements are kept, and how many bytes of them there are."""
TRACE_START, TRACE_CHARACTERS = 64, 500
"""Where in the same memory they are kept, in bytes, and how much of each."""


def be_killed_with_parent() -> None:
    """Have the kernel do it, where it can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def watch(parent: int) -> None:
    """End soon after the parent, however it ends."""
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    """The backstop where the kernel sends no signal, or the parent was gone before it was asked to."""
    while os.getppid() == parent:
        threading.Event().wait(1)
    os._exit(1)


class Connection(sqlite3.Connection):
    """A connection that reports every statement; a callback of the workspace's own comes on top."""

    count: ClassVar[Callable[[str], None]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.set_trace_callback(None)

    def set_trace_callback(self, callback: Callable[[str], object] | None) -> None:
        def both(statement: str) -> None:
            Connection.count(statement)
            if callback:
                callback(statement)

        super().set_trace_callback(both)


class Trace:
    """Keeps statements while the grader wants them, one JSON line each: when it was sent, and its text."""

    def __init__(self, memory: memoryview) -> None:
        self._bytes = memory.cast("B")
        self._counters = memory.cast("B").cast("Q")

    def keep(self, statement: str) -> None:
        line = json.dumps([time.monotonic(), statement[:TRACE_CHARACTERS]]).encode() + b"\n"
        start = TRACE_START + self._counters[TRACED]
        if start + len(line) <= len(self._bytes):
            self._bytes[start : start + len(line)] = line
            self._counters[TRACED] += len(line)


SKIPPED = r"'(?:[^']|'')*'|--[^\n]*|/\*.*?(?:\*/|$)"
"""What names nothing in SQL: strings, among them the values that were bound, and comments."""
TOKEN = re.compile(rf'{SKIPPED}|[()]|\w+|"[^"]*"|`[^`]*`|\[[^]]*\]', re.DOTALL)
MANY = 1 << 30
WANTED = {"from": MANY, "join": MANY, "into": 2, "update": 2, "in": 2}
"""How many of the next names are of tables; two where one stands, for its schema."""
CLAUSES = re.compile(
    "select|where|group|order|having|limit|set|values|on|using|union|except|intersect|returning"
)
"""After these none is."""


def tables(statement: str) -> set[str]:
    """Names of tables and views, in small letters, that a statement reads or writes; their aliases too.

    A name counts where SQL's grammar has a table, not where it is a value, a comment or a column.
    """
    found, wanted, outer = set(), 0, []
    for token in TOKEN.findall(statement):
        word = token.lower()
        if word == "(":
            outer.append(wanted)
            wanted = wanted if wanted > 2 else 0
        elif word == ")":
            wanted = outer.pop() if outer else 0
        elif word in WANTED or CLAUSES.fullmatch(word):
            wanted = WANTED.get(word, 0)
        elif wanted and token[0] not in "'-/":
            found.add(word.strip('"`[]'))
            wanted -= 1
    return found


def count_statements(counters: memoryview, slots: dict[str, list[int]]) -> None:
    """Count every statement in slot 0, and in the slots of each table or view that it reads or writes.

    While slot TRACING is more than 0 it says how many more of them are to be kept.
    """
    named = re.compile("|".join(map(re.escape, slots)), re.IGNORECASE)
    by_name = {name.lower(): places for name, places in slots.items()}
    lock = threading.Lock()
    trace = Trace(counters)

    def count(statement: str) -> None:
        names = tables(statement) & by_name.keys() if named.search(statement) else ()
        found = {place for name in names for place in by_name[name]}
        with lock:
            for place in {0, *found}:
                counters[place] += 1
            if counters[TRACING]:
                counters[TRACING] -= 1
                trace.keep(statement)

    tell_of_statements(count)


def tell_of_statements(count: Callable[[str], None]) -> None:
    """Call `count` with every statement of every connection, however it is made."""
    Connection.count = staticmethod(count)
    plain_connect = sqlite3.connect

    def connect(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        if len(args) < 6:  # the sixth is the factory
            kwargs.setdefault("factory", Connection)
        connection: sqlite3.Connection = plain_connect(*args, **kwargs)
        if not isinstance(connection, Connection):
            connection.set_trace_callback(count)
        return connection

    for module in (_sqlite3, sqlite3, sqlite3.dbapi2):
        vars(module).update(connect=connect, Connection=Connection)


def slots_from(text: str) -> dict[str, list[int]]:
    """`name:1,name:2+3` as slots by name."""
    pairs = (item.rsplit(":", 1) for item in text.split(","))
    return {name: [int(place) for place in places.split("+")] for name, places in pairs}


def preload() -> None:
    """Import what every workspace requires, once for its `init_db.py` and for its service."""
    for name in ("uvicorn", "fastapi", "sqlalchemy.orm"):
        with contextlib.suppress(Exception):  # what is missing or broken is told where it is used
            importlib.import_module(name)


def initialise(output: int, inherited: Sequence[int], server: int) -> None:
    """Run `init_db.py` as `python init_db.py` does; its own process ends as any other."""
    os.setpgid(0, 0)
    be_killed_with_parent()
    watch(server)
    for fd in inherited:
        os.close(fd)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.close(output)
    script = types.ModuleType("__main__")
    script.__file__ = os.path.abspath("init_db.py")
    sys.modules["__main__"], sys.argv = script, ["init_db.py"]
    with open("init_db.py", "rb") as file:
        exec(compile(file.read(), script.__file__, "exec"), vars(script))


def initialised(output: int, inherited: Sequence[int], control: int, parent: int) -> bool:
    """Whether this process is to answer, now that `init_db.py` has ended; else it is the one that ran it.

    Forked before there are threads, and with what was imported out of sight of the collector, which would
    copy all of it. CONTROL is told the process group of `init_db.py`, then its exit code; nothing that it
    started is left.
    """
    server = os.getpid()
    gc.freeze()
    child = os.fork()
    if not child:
        initialise(output, (*inherited, control), server)
        return False
    gc.unfreeze()
    os.close(output)
    watch(parent)
    with contextlib.suppress(OSError):  # it did so itself, or is gone
        os.setpgid(child, child)
    os.write(control, b"%d\n" % child)
    _, status = os.waitpid(child, 0)
    with contextlib.suppress(OSError):
        os.killpg(child, signal.SIGKILL)
    os.write(control, b"%d\n" % os.waitstatus_to_exitcode(status))
    return True


def count_into(counters_fd: int, slots: str) -> None:
    memory = mmap.mmap(counters_fd, 0)
    os.close(counters_fd)
    count_statements(memoryview(memory).cast("Q"), slots_from(slots))


def serve(socket_fd: int) -> None:
    sys.argv = ["uvicorn"]
    import uvicorn

    uvicorn.run("app.main:app", fd=socket_fd, log_level="warning", access_log=False)


def main(parent: int, socket_fd: int, counters_fd: int, control_fd: int, output: int = -1) -> None:
    be_killed_with_parent()
    preload()
    sys.path.insert(0, os.getcwd())
    if output < 0:
        watch(parent)
    elif not initialised(output, (socket_fd, counters_fd), control_fd, parent):
        return
    with os.fdopen(control_fd) as control:
        slots = control.readline().strip()
    if slots:  # else there is nobody to answer to
        count_into(counters_fd, slots)
        serve(socket_fd)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
