"""graders/client.py against servers that misbehave: every exchange ends, whole or with a reason."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graders.client import BODY_LIMIT, Answer, Burst, Request, Unanswered, ask

Handler = Callable[[socket.socket], None]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@contextlib.contextmanager
def server(folder: Path, handle: Handler, seen: list[bytes] | None = None) -> Iterator[Path]:
    """A Unix socket whose every connection is handled by a function, in a thread; requests are `seen`."""
    seen = [] if seen is None else seen
    path = folder / "s"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=converse, args=(connection,), daemon=True).start()

    def converse(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            seen.append(request_from(connection))
            handle(connection)

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield path
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def request_from(connection: socket.socket) -> bytes:
    """A whole request: its head, and as much of a body as it announces."""
    read = b""
    while b"\r\n\r\n" not in read:
        read += connection.recv(65536)
    head, _, body = read.partition(b"\r\n\r\n")
    announced = re.search(rb"Content-Length: (\d+)", head)
    while announced and len(body) < int(announced[1]):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def drip(head: bytes) -> Handler:
    """Sends a start, then a byte every now and then, for ever."""

    def handle(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(b"x")
            threading.Event().wait(0.02)

    return handle


def sends(content: bytes) -> Handler:
    return lambda connection: connection.sendall(content)


def test_an_answer_is_read_whole(tmp_path: Path) -> None:
    with server(tmp_path, sends(OK)) as path:
        answer = ask(path, Request("/"), 5)
    assert (answer.status, answer.json()) == (200, {})


@pytest.mark.parametrize(
    ("handle", "reason"),
    [
        pytest.param(lambda connection: threading.Event().wait(3), "no answer within", id="silence"),
        pytest.param(
            drip(b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n"),
            "no answer within",
            id="drip of a body",
        ),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\nX: "), "no answer within", id="drip of a header"),
        pytest.param(lambda connection: None, "broke off", id="hang-up"),
        pytest.param(sends(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"), "broke off", id="half a body"),
        pytest.param(sends(b"what?\r\n\r\n"), "broke off", id="no HTTP"),
        pytest.param(
            sends(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"), "broke off", id="a flood of headers"
        ),
        pytest.param(
            sends(b"HTTP/1.1 200 OK\r\n\r\n" + b" " * (BODY_LIMIT + 1)), "larger than", id="an endless body"
        ),
    ],
)
def test_what_is_no_whole_answer_is_told_by_its_reason(tmp_path: Path, handle: Handler, reason: str) -> None:
    with server(tmp_path, handle) as path, pytest.raises(Unanswered, match=reason):
        ask(path, Request("/"), 0.3)


def test_nobody_there(tmp_path: Path) -> None:
    with pytest.raises(Unanswered, match="does not take requests"):
        ask(tmp_path / "nothing", Request("/"), 1)


def test_a_burst_is_sent_before_any_answer_is_read(tmp_path: Path) -> None:
    everybody = threading.Barrier(5)

    def handle(connection: socket.socket) -> None:
        everybody.wait(5)
        connection.sendall(OK)

    with server(tmp_path, handle) as path, Burst(path, [Request("/")] * 5, 5) as burst:
        assert [burst.read(nth).status for nth in range(5)] == [200] * 5


def test_a_body_is_sent_as_json(tmp_path: Path) -> None:
    seen: list[bytes] = []
    with server(tmp_path, sends(OK), seen) as path:
        ask(path, Request("/", "POST", b'{"user_id": 7}'), 5)
    head, _, body = seen[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST / HTTP/1.1\r\n")
    assert b"Content-Type: application/json" in head
    assert body == b'{"user_id": 7}'


@pytest.mark.parametrize(
    "body", [b"{", b"NaN", b'{"a": 1, "a": 2}', b"[" * 100_000, b"\xff", b"1" * 5000, b"1e999"]
)
def test_strict_json(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the words are the JSON parser's, and differ by body
        Answer(200, body, 0.1).json()
