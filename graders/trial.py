"""One submission on trial: its service and the reference's, the data behind both, and the clock over all."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any

from graders.client import Answer, Burst, Request, Unanswered
from graders.dataset import DataSet, Row, stamp
from graders.model import Limits
from graders.oracle import Oracle
from graders.service import Service, Statements


def shown(value: object, characters: int = 200) -> str:
    """A value of an answer for a person to read, cut where it is long."""
    text = repr(value)
    return text if len(text) <= characters else f"{text[:characters]}..."


class Failure(Exception):
    """The submission did not do what a check asks; in words for the candidate."""

    def __init__(
        self, reason: str, *, asked: str = "", expected: str = "", actual: str = "", help: str = ""
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.asked = asked
        self.expected = expected
        self.actual = actual
        self.help = help


class Unknown(Exception):
    """Something that is not the submission's fault keeps a check from telling."""


class Trial:
    """What checks may do. Every request raises Failure where no whole answer comes."""

    def __init__(self, submission: Service, reference: Service, data: DataSet, limits: Limits) -> None:
        self.submission = submission
        self.reference = reference
        self.data = data
        self.oracle = Oracle(data)
        self.ids = data.ids()
        self._unused = itertools.count(data.unknown + 1)
        self.limits = limits
        self._deadline = time.monotonic() + limits.trial

    def close(self) -> None:
        """Forget the data; the services belong to somebody else."""
        self.oracle.close()

    def ask(self, request: Request) -> Answer:
        """One request to the submission."""
        with self._answered(request.path):
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
            raise Failure(f"{path} answers no list of objects", actual=shown(rows))
        return rows

    def object_in(self, path: str, answer: Answer, status: int = 200) -> dict[str, Any]:
        """The JSON object of an answer that must have this status."""
        body = self.json_of(path, answer, status)
        if not isinstance(body, dict):
            raise Failure(f"{path} answers no object", actual=shown(body))
        return body

    def status(self, request: Request) -> int:
        """Only the status of the submission's answer."""
        return self.ask(request).status

    def burst(self, requests: Sequence[Request]) -> list[Answer]:
        """Requests sent to the submission at once, all answered."""
        with self._answered(requests[0].path):
            return self.submission.ask_at_once(requests, self._seconds())

    @contextmanager
    def open_burst(self, requests: Sequence[Request]) -> Iterator[Burst]:
        """Requests sent to the submission at once, to be read in an order of one's own."""
        with self._answered(requests[0].path), self.submission.burst(requests, self._seconds()) as burst:
            yield burst

    def json_of(self, path: str, answer: Answer, status: int = 200) -> Any:
        """The JSON of an answer that must have this status."""
        if answer.status != status:
            error = self.submission.last_error() if answer.status == 500 else ""
            raise Failure(
                f"{path} answers {answer.status}", expected=str(status), actual=error or str(answer.status)
            )
        try:
            return answer.json()
        except ValueError as error:
            raise Failure(f"{path} answers no JSON", actual=str(error)) from error

    def timed(self, ask: Callable[[Trial, Service], list[Answer]]) -> list[Answer]:
        """What the submission answers to work that is timed."""
        with self._answered("what is timed"):
            self._seconds()  # raises where the service is down, or the time is up
            return ask(self, self.submission)

    def statements(self, path: str) -> Statements:
        """What the submission sends to its database for one GET that answers 200."""
        before = self.submission.statements()
        self.get(path)
        return self.submission.statements().since(before)

    def unused_id(self) -> int:
        """A product id that nothing has, another one each time."""
        return next(self._unused)

    def now(self) -> datetime:
        """Naive UTC."""
        return datetime.now(timezone.utc).replace(tzinfo=None)

    def add_view(self, product_id: int, user_id: int = 424_242) -> None:
        """Have the clerk store a view, now."""
        row = {"product_id": product_id, "user_id": user_id, "viewed_at": stamp(self.now())}
        self.add("product_views", row)

    def add(self, table: str, row: Row) -> None:
        """Have the clerk store any row; the oracle knows of it too."""
        self.clerk("insert", table, [row])
        self.oracle.add(table, row)

    def clerk(self, command: str, *arguments: object) -> Any:
        """A command of the submission's clerk."""
        with self._answered("the database"):
            return self.submission.clerk.call(command, *arguments)

    def _seconds(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise Unanswered("the time for this submission is up")
        if self.submission.trouble:
            raise Unanswered(f"the service is down: {self.submission.trouble}")
        return min(self.limits.answer, left)

    @contextmanager
    def _answered(self, what: str) -> Iterator[None]:
        try:
            yield
        except Unanswered as error:
            self.recover()
            raise Failure(f"{what}: {error}") from error

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
