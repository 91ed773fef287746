"""Who listens on a port of this machine, as far as the system tells."""

from __future__ import annotations

import errno
import os
import re
import socket
import struct
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from graders.report.clean import clean

PROC = Path("/proc")
LSOF = "lsof"
LSOF_SECONDS = 10
LOOPBACKS = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
ADDRESSES = {
    socket.inet_pton(family, address)
    for family, address in (*LOOPBACKS, (socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::"))
} | {socket.inet_pton(socket.AF_INET6, f"::ffff:{address}") for address in ("127.0.0.1", "0.0.0.0")}
"""Where a listener takes what is sent to localhost."""
LISTENING = "0A"


class Listener(NamedTuple):
    """A process, by name and id."""

    name: str
    process: int


def holder(port: int) -> str:
    """Who listens there, like `python3 (process 1234)`; empty where the system does not tell."""
    found = listener(port)
    return f"{found.name} (process {found.process})" if found else ""


def listener(port: int, proc: Path = PROC, lsof: str = LSOF) -> Listener | None:
    """The process that takes what is sent to localhost on a port; of several that share it, the first one."""
    if (proc / "net" / "tcp").exists():
        return next(_owners(_inodes(port, proc), proc), None)
    return next(_told(port, lsof), None)


def taken(port: int) -> bool:
    """Whether something takes what is sent to a port of localhost, or keeps a service off it.

    A listener on `::1` alone counts too, since it is what `localhost` may mean. Raises OSError where this
    user may not use the port, OverflowError where it is none.
    """
    return _in_use(port) or any(_answers(family, address, port) for family, address in LOOPBACKS)


def _in_use(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            return True
    return False


def _answers(family: socket.AddressFamily, address: str, port: int) -> bool:
    with suppress(OSError), socket.socket(family) as probe:
        probe.settimeout(1)
        try:
            probe.connect((address, port))
        except TimeoutError:  # it listens, and is too busy to answer
            return True
        return bool(probe.getsockname() != probe.getpeername())  # else it reached itself
    return False


def _inodes(port: int, proc: Path) -> set[str]:
    """The sockets that listen there, by the tables of Linux (proc_net_tcp.txt in its documentation)."""
    rows = [
        line.split() for table in ("tcp", "tcp6") for line in _read(proc / "net" / table).splitlines()[1:]
    ]
    return {row[9] for row in rows if row[3] == LISTENING and _takes(row[1], port)}


def _takes(local: str, port: int) -> bool:
    """Whether an address such as `0100007F:1F40` takes what is sent to this port of localhost."""
    address, _, number = local.partition(":")
    words = (int(address[at : at + 8], 16) for at in range(0, len(address), 8))
    return int(number, 16) == port and b"".join(struct.pack("=I", word) for word in words) in ADDRESSES


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def _owners(inodes: set[str], proc: Path) -> Iterator[Listener]:
    """Processes that hold one of the sockets, in order; those of others cannot be looked into."""
    links = {f"socket:[{inode}]" for inode in inodes}
    numbers = sorted(int(path.name) for path in proc.iterdir() if path.name.isdigit()) if links else []
    for number in numbers:
        if not links.isdisjoint(_open(proc / str(number) / "fd")):
            name = clean(_read(proc / str(number) / "comm").strip(), 30)
            yield Listener(name or "a program", number)


def _open(folder: Path) -> Iterator[str]:
    """What a process holds open."""
    with suppress(OSError):
        for name in os.listdir(folder):
            with suppress(OSError):
                yield os.readlink(folder / name)


def _told(port: int, lsof: str) -> Iterator[Listener]:
    """What lsof says, with a line `p1234`, one `cPython` and one `n127.0.0.1:8000` per socket."""
    command = [lsof, "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fpcn", "+c", "0"]
    with suppress(OSError, subprocess.TimeoutExpired):
        said = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LSOF_SECONDS,
            check=False,
        ).stdout
        process, name = 0, ""
        for line in said.splitlines():
            if line.startswith("p"):
                process = int(line[1:])
            elif line.startswith("c"):
                name = clean(line[1:], 30)
            elif re.fullmatch(rf"n(127\.0\.0\.1|\*|\[::1?\]):{port}", line):
                yield Listener(name, process)
