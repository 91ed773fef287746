"""How a check says that something is wrong, or that it could not tell; and how requests read in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from graders.client import Request


def shown(value: object, characters: int = 200) -> str:
    """A value of an answer for a person to read, cut where it is long."""
    text = repr(value)
    return text if len(text) <= characters else f"{text[:characters]}..."


def asked_of(request: Request | str) -> str:
    """A request, or the path of a GET, for a person to read and to repeat."""
    if isinstance(request, str):
        return f"GET {request}"
    body = "" if request.body is None else f" {request.body.decode('utf-8', 'replace') or '(an empty body)'}"
    return f"{request.method} {request.path}{body}"


def asked_at_once(requests: Sequence[Request]) -> str:
    """Requests that are sent together, in words."""
    more = len(requests) - 1
    return f"{asked_of(requests[0])}{f' and {more} more at once' if more else ''}"


class Failure(Exception):
    """The submission did not do what a check asks; in words for the candidate.

    `asked` is the request, or what was done; `help` is what such an answer usually means.
    """

    def __init__(
        self, reason: str, *, asked: str = "", expected: str = "", actual: str = "", help: str = ""
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.asked = asked
        self.expected = expected
        self.actual = actual
        self.help = help


@contextmanager
def after(done: str) -> Iterator[None]:
    """Have every Failure in the block say what was done before its request."""
    try:
        yield
    except Failure as failure:
        failure.asked = f"{done}, then {failure.asked}" if failure.asked else done
        raise


@contextmanager
def among(others: str) -> Iterator[None]:
    """Have every Failure in the block say that its request was one of several."""
    try:
        yield
    except Failure as failure:
        failure.asked = f"{failure.asked}, one of {others}"
        raise


class Unknown(Exception):
    """Something that is not the submission's fault keeps a check from telling."""
