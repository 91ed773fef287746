"""workspaces/ports.py, and what `expect_free` says: who listens on a port."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from conftest import free_port

from graders.errors import UsageError
from workspaces import ports, serve
from workspaces.ports import Listener

TELLS = sys.platform == "linux" or bool(shutil.which("lsof"))
tells = pytest.mark.skipif(not TELLS, reason="the system does not tell who listens")
HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"


def listening(address: str) -> socket.socket:
    """A socket that listens on a free port of an address."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family)
    try:
        listener.bind((address, 0))
    except OSError:
        listener.close()
        pytest.skip(f"there is no {address} here")
    listener.listen()
    return listener


@pytest.fixture(params=["127.0.0.1", "0.0.0.0", "::1", "::"])
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    """A port on which this process listens, on one address or on all."""
    with closing(listening(request.param)) as listener:
        yield listener.getsockname()[1]


@tells
def test_the_holder_is_named(port: int) -> None:
    assert ports.holder(port).endswith(f" (process {os.getpid()})")
    assert len(ports.holder(port).partition(" (")[0]) > 1


@tells
def test_a_taken_port_is_refused_with_its_holder(port: int) -> None:
    holder = ports.holder(port)
    with pytest.raises(UsageError) as caught:
        serve.expect_free(port)
    sentence = f"Port {port} is taken by {holder}: end it, or choose another with --port."
    assert str(caught.value) == sentence


def test_a_free_port_has_no_holder() -> None:
    port = free_port()
    assert ports.holder(port) == ""
    serve.expect_free(port)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of 127/8")
def test_a_listener_on_another_address_takes_nothing() -> None:
    with closing(listening("127.0.0.2")) as listener:
        port = listener.getsockname()[1]
        assert ports.holder(port) == ""
        serve.expect_free(port)


def test_a_port_without_a_known_holder_is_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(listening("127.0.0.1")) as listener:
        port = listener.getsockname()[1]
        monkeypatch.setattr(ports, "holder", lambda port: "")
        with pytest.raises(UsageError, match=f"Port {port} is taken by another program: end that, or choose"):
            serve.expect_free(port)


def test_a_port_that_is_only_reserved_is_refused_too() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        with pytest.raises(UsageError, match="is taken by another program"):
            serve.expect_free(reserved.getsockname()[1])


def test_a_port_of_others_and_no_port(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="70000 is no port: choose one from 1 to 65535"):
        serve.expect_free(70000)

    def refuse(port: int) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(ports, "taken", refuse)
    with pytest.raises(UsageError, match=r"Port 80 cannot be used \(Permission denied\): choose another"):
        serve.expect_free(80)


def proc(home: Path, *rows: str, table: str = "tcp") -> Path:
    """A /proc with a table of sockets."""
    net = home / "proc" / "net"
    net.mkdir(parents=True)
    (net / "tcp").write_text(HEAD)
    (net / table).write_text(HEAD + "".join(f"{row}\n" for row in rows))
    return home / "proc"


def row(local: str, state: str = "0A", inode: int = 99) -> str:
    return f"   0: {local} 00000000:0000 {state} 00000000:00000000 00:00000000 00000000  0  0 {inode} 1 0 100"


def holds(home: Path, process: int, inode: int, name: str = "python3") -> None:
    """A process of that /proc that holds a socket."""
    folder = home / "proc" / str(process)
    (folder / "fd").mkdir(parents=True)
    (folder / "fd" / "3").symlink_to(f"socket:[{inode}]")
    (folder / "comm").write_text(f"{name}\n")


@pytest.mark.skipif(sys.byteorder != "little", reason="the rows below are of a little-endian machine")
@pytest.mark.parametrize(
    ("local", "table", "found"),
    [
        ("0100007F:1F40", "tcp", True),
        ("00000000:1F40", "tcp", True),
        ("0200007F:1F40", "tcp", False),
        ("0100007F:1F41", "tcp", False),
        ("00000000000000000000000000000000:1F40", "tcp6", True),
        ("00000000000000000000000001000000:1F40", "tcp6", True),
        ("0000000000000000FFFF00000100007F:1F40", "tcp6", True),
        ("000080FE00000000000000000200A8C0:1F40", "tcp6", False),
    ],
)
def test_which_rows_of_the_table_count(tmp_path: Path, local: str, table: str, found: bool) -> None:
    made = proc(tmp_path, row(local), table=table)
    holds(tmp_path, 1234, 99)
    assert ports.listener(8000, made) == (Listener("python3", 1234) if found else None)


def test_a_connection_is_no_listener(tmp_path: Path) -> None:
    made = proc(tmp_path, row("00000000:1F40", state="01"))
    holds(tmp_path, 1234, 99)
    assert ports.listener(8000, made) is None


def test_processes_that_cannot_be_looked_into_are_skipped(tmp_path: Path) -> None:
    made = proc(tmp_path, row("00000000:1F40"))
    (made / "12").mkdir()
    (made / "12" / "fd").write_text("not a folder")
    assert ports.listener(8000, made) is None
    holds(tmp_path, 34, 99)
    assert ports.listener(8000, made) == Listener("python3", 34)


def test_of_several_the_first_is_named_and_its_name_is_harmless(tmp_path: Path) -> None:
    made = proc(tmp_path, row("00000000:1F40"))
    holds(tmp_path, 900, 99)
    holds(tmp_path, 88, 99, name="\x1b[2Juv")
    assert ports.listener(8000, made) == Listener("\\x1b[2Juv", 88)


def lsof(home: Path, *lines: str) -> str:
    """A program that says what lsof would."""
    path = home / "lsof"
    path.write_text("#!/bin/sh\ncat <<'END'\n{}\nEND\n".format("\n".join(lines)))
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("address", ["127.0.0.1:8000", "*:8000", "[::1]:8000"])
def test_lsof_is_asked_where_there_is_no_table(tmp_path: Path, address: str) -> None:
    said = ("p7", "cother", "f3", "n10.0.0.1:8000", "p1234", "cPython", "f4", f"n{address}")
    assert ports.listener(8000, tmp_path, lsof(tmp_path, *said)) == Listener("Python", 1234)


def test_nothing_is_known_where_lsof_is_silent_or_missing(tmp_path: Path) -> None:
    assert ports.listener(8000, tmp_path, lsof(tmp_path, "p7", "cother", "n10.0.0.1:8000")) is None
    assert ports.listener(8000, tmp_path, str(tmp_path / "none")) is None
