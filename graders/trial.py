"""One submission on trial: its service and the reference's, the data behind both, and the clock over all."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any

from graders.client import Answer, Burst, Request, Unanswered
from graders.dataset import PAGE, SHAPES, DataSet, Row, stamp
from graders.drawer import Drawer
from graders.failure import Failure, asked_at_once, asked_of, shown
from graders.model import Limits, Trace
from graders.oracle import Oracle
from graders.service import Service, Statements

BODY_SHOWN = 100
"""Bytes of an answer that is not the one that must come."""
CLERK_DOES = {
    "insert": "another process stores a row in the database",
    "views_of": "another process reads the stored views",
}
LOCKED = "Others must get at the database too: is a transaction left open, or a lock held?"
ENDS = {
    "no answer within": "A request waits for what never comes: a lock, a full pool, an endless loop.",
    "the connection broke off": "The service died or hung up halfway: its log says why.",
}
"""What it usually means where no answer comes, by how the reason begins."""


class Trial:
    """What checks may do. Every request raises Failure where no whole answer comes.

    `asked` is the last request, in words.
    """

    def __init__(self, submission: Service, reference: Service, data: DataSet, limits: Limits) -> None:
        self.submission = submission
        self.reference = reference
        self.data = data
        self.oracle = Oracle(data)
        self.ids = data.ids()
        self.asked = ""
        self._unused = itertools.count(data.unknown + 1)
        self._unasked = iter(self.ids[SHAPES + PAGE // 2 : SHAPES + PAGE])
        self.limits = limits
        self._deadline = time.monotonic() + limits.trial
        self.drawer = Drawer(reference.folder.parent)

    def close(self) -> None:
        """Forget the data; the services belong to somebody else."""
        self.oracle.close()
        self.drawer.close()

    def ask(self, request: Request) -> Answer:
        """One request to the submission."""
        with self._answered(asked_of(request)):
            return self.submission.ask(request, self._seconds())

    def get(self, path: str) -> Any:
        """The JSON that the submission answers with a 200."""
        return self.json_of(path, self.ask(Request(path)))

    def record(self, path: str) -> dict[str, Any]:
        """The JSON object that the submission answers with a 200."""
        return self.object_in(path, self.ask(Request(path)))

    def records(self, path: str) -> list[dict[str, Any]]:
        """The JSON array of objects that the submission answers with a 200."""
        rows = self.get(path)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Failure(
                "the answer is no list of objects",
                asked=asked_of(path),
                expected="a list of objects",
                actual=shown(rows),
            )
        return rows

    def object_in(self, request: Request | str, answer: Answer, status: int = 200) -> dict[str, Any]:
        """The JSON object of an answer that must have this status."""
        body = self.json_of(request, answer, status)
        if not isinstance(body, dict):
            raise Failure(
                "the answer is no object", asked=asked_of(request), expected="an object", actual=shown(body)
            )
        return body

    def status(self, request: Request) -> int:
        """Only the status of the submission's answer."""
        return self.ask(request).status

    def burst(self, requests: Sequence[Request]) -> list[Answer]:
        """Requests sent to the submission at once, all answered; they meet there."""
        with self._answered(asked_at_once(requests)):
            return self.submission.ask_at_once(requests, self._seconds(), halted=True)

    @contextmanager
    def open_burst(self, requests: Sequence[Request]) -> Iterator[Burst]:
        """Requests sent to the submission at once, to be read in an order of one's own."""
        with (
            self._answered(asked_at_once(requests)),
            self.submission.burst(requests, self._seconds()) as burst,
        ):
            yield burst

    def json_of(self, request: Request | str, answer: Answer, status: int = 200) -> Any:
        """The JSON of an answer that must have this status."""
        self.expect_status(request, answer, status)
        try:
            return answer.json()
        except ValueError as error:
            raise Failure(
                "the answer is no JSON",
                asked=asked_of(request),
                expected="strict JSON, in which each key stands once",
                actual=str(error),
            ) from error

    def expect_status(self, request: Request | str, answer: Answer, status: int, help: str = "") -> None:
        """Raise Failure, with the error that the service logged, unless an answer has this status."""
        if answer.status == status:
            return
        error = self.submission.last_error() if answer.status == 500 else ""
        body = answer.body[:BODY_SHOWN].decode("utf-8", "replace")
        raise Failure(
            f"the answer is a {answer.status}",
            asked=asked_of(request),
            expected=str(status),
            actual=error or f"{answer.status} {body}{'...' * (len(answer.body) > BODY_SHOWN)}".strip(),
            help=help,
        )

    def timed(self, ask: Callable[[Trial, Service], list[Answer]]) -> list[Answer]:
        """What the submission answers to work that is timed."""
        with self._answered("the requests that are timed"):
            self._seconds()  # raises where the service is down, or the time is up
            return ask(self, self.submission)

    def statements(self, path: str) -> Statements:
        """What the submission sends to its database for one GET that answers 200."""
        before = self.submission.statements()
        self.get(path)
        return self.submission.statements().since(before)

    def trace(self, request: Request) -> Trace:
        """What the submission sends to its database for one request, whatever it answers."""
        with self._answered(asked_of(request)):
            return self.submission.trace(request, self._seconds())

    def unused_id(self) -> int:
        """A product id that nothing has, another one each time."""
        return next(self._unused)

    def unasked(self) -> int:
        """A product of which nobody has asked the analytics, another one each time."""
        return next(self._unasked)

    def now(self) -> datetime:
        """Naive UTC."""
        return datetime.now(timezone.utc).replace(tzinfo=None)

    def add_view(self, product_id: int, user_id: int = 424_242) -> float:
        """Have the clerks store a view, now; returns how many seconds the submission's lags."""
        row = {"product_id": product_id, "user_id": user_id, "viewed_at": stamp(self.now())}
        return self.add("product_views", row)

    def add(self, table: str, *rows: Row) -> float:
        """Have the clerks of both sides store any rows; returns how many seconds the submission's lags.

        The oracle knows of the rows too.
        """
        start = time.monotonic()
        self.clerk("insert", table, rows)
        between = time.monotonic()
        self.reference.clerk.call("insert", table, rows)
        for row in rows:
            self.oracle.add(table, row)
        return between - start - (time.monotonic() - between)

    def clerk(self, command: str, *arguments: object) -> Any:
        """A command of the submission's clerk."""
        with self._answered(CLERK_DOES.get(command, command), LOCKED):
            return self.submission.clerk.call(command, *arguments)

    def grant(self, seconds: float) -> None:
        """Let all further requests together take so long at least."""
        self._deadline = max(self._deadline, time.monotonic() + seconds)

    def _seconds(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise Unanswered("the time for this submission is up")
        if self.submission.trouble:
            raise Unanswered(f"the service is down: {self.submission.trouble}")
        return min(self.limits.answer, left)

    @contextmanager
    def _answered(self, asked: str, help: str = "") -> Iterator[None]:
        self.asked = asked
        try:
            yield
        except Unanswered as error:
            self.recover()
            reason = str(error)
            meant = help or next((text for start, text in ENDS.items() if reason.startswith(start)), "")
            raise Failure(reason, asked=asked, expected="an answer", actual="none", help=meant) from error

    def recover(self) -> None:
        """Boot a service again that died or hangs, as long as there are starts and time left."""
        service = self.submission
        if service.trouble or time.monotonic() > self._deadline:
            return
        if service.starts > self.limits.restarts:
            service.trouble = "it stopped answering again and again"
            service.stop()
            return
        service.stop()
        service.start()
        try:
            service.wait(self.limits.boot)
        except Unanswered:
            service.stop()
