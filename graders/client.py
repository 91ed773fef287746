"""Requests over a Unix socket, each on a connection of its own, with a deadline around the whole exchange.

Checks and timing use the same few bytes, so a service cannot tell one from the other.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import math
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

BODY_LIMIT = 8 << 20
"""No answer of the exercise is larger, in bytes."""
DIGITS_LIMIT = 20


class Unanswered(Exception):
    """No answer came, or not a whole one; the text says why."""


class Request(NamedTuple):
    """One request; a `body` is said to be JSON."""

    path: str
    method: str = "GET"
    body: bytes | None = None


@dataclass(frozen=True)
class Answer:
    """A whole answer; `seconds` from the first byte sent to the last one read."""

    status: int
    body: bytes
    seconds: float

    def json(self) -> Any:
        """The body as plain values. Raises ValueError where it is not strict JSON."""
        try:
            return json.loads(
                self.body,
                parse_constant=_refuse,
                parse_float=_finite,
                parse_int=_sized,
                object_pairs_hook=_unique,
            )
        except RecursionError:
            raise ValueError("JSON nested too deeply") from None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _finite(digits: str) -> float:
    if math.isinf(number := float(digits)):
        raise ValueError("a number that is too large")
    return number


def _sized(digits: str) -> int:
    if len(digits) > DIGITS_LIMIT:
        raise ValueError("a number that is too large")
    return int(digits)


def _unique(members: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(members)
    if len(read) < len(members):
        raise ValueError("a JSON object with the same key twice")
    return read


class _DeadlineSocket(socket.socket):
    """Every read waits at most until the deadline, so that a drip of bytes does not extend it."""

    deadline = 0.0

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(max(self.deadline - time.monotonic(), 0.001))
        return super().recv_into(*args, **kwargs)


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: Path, deadline: float) -> None:
        super().__init__("localhost")
        self._path = path
        self._deadline = deadline

    def connect(self) -> None:
        self.sock = _DeadlineSocket(socket.AF_UNIX)
        self.sock.deadline = self._deadline
        self.sock.settimeout(max(self._deadline - time.monotonic(), 0.001))
        self.sock.connect(str(self._path))

    def send_request(self, request: Request) -> None:
        headers = {} if request.body is None else {"Content-Type": "application/json"}
        self.request(request.method, request.path, request.body, headers)

    def read_answer(self, start: float) -> Answer:
        response = self.getresponse()
        body = response.read(BODY_LIMIT + 1)
        if len(body) > BODY_LIMIT:
            raise Unanswered(f"the answer is larger than {BODY_LIMIT >> 20} MB")
        if response.length:  # read() with a limit is silent about an end that comes too early
            raise Unanswered("the connection broke off (half an answer)")
        return Answer(response.status, body, time.perf_counter() - start)


class Burst:
    """Requests sent at once, one connection each, and then read one by one by the same thread.

    Threads of its own would cost the client more than the answers cost the service. Use as a context
    manager; `start` is set when the first byte goes out. `halted` may keep the service from running until
    all were sent.
    """

    def __init__(
        self,
        path: Path,
        requests: Sequence[Request],
        seconds: float,
        halted: contextlib.AbstractContextManager[None] | None = None,
    ) -> None:
        self._seconds = seconds
        self._requests = requests
        self._deadline = time.monotonic() + seconds
        self._connections = [_Connection(path, self._deadline) for _ in requests]
        self._halted = halted or contextlib.nullcontext()
        self.start = 0.0

    def __enter__(self) -> Burst:
        try:
            for connection in self._connections:
                connection.connect()
            with self._halted:
                self.start = time.perf_counter()
                for connection, request in zip(self._connections, self._requests, strict=True):
                    connection.send_request(request)
        except OSError as error:
            self.__exit__()
            raise Unanswered(f"the service does not take requests ({_named(error)})") from error
        return self

    def __exit__(self, *exc: object) -> None:
        for connection in self._connections:
            connection.close()

    def read(self, nth: int) -> Answer:
        """The answer to one of the requests. Raises Unanswered."""
        try:
            return self._connections[nth].read_answer(self.start)
        except TimeoutError as error:
            raise Unanswered(f"no answer within {self._seconds:.0f} s") from error
        except (OSError, http.client.HTTPException) as error:
            raise Unanswered(f"the connection broke off ({_named(error)})") from error


def _named(error: Exception) -> str:
    return type(error).__name__


def ask(path: Path, request: Request, seconds: float) -> Answer:
    """One request, answered within so many seconds. Raises Unanswered."""
    with Burst(path, [request], seconds) as burst:
        return burst.read(0)
