"""graders/trial.py: what a failure says, whatever came instead of an answer."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from unittest.mock import Mock

import pytest

from graders import dataset
from graders.checks import expect_status
from graders.client import Answer, Request, Unanswered
from graders.failure import Failure
from graders.model import Limits
from graders.service import Service
from graders.trial import LOCKED, Trial

TREE = Path(__file__).resolve().parent.parent
DATA = dataset.generate(1, datetime(2026, 3, 14))
SPEAKING = [TREE / "graders" / f"{name}.py" for name in ("trial", "checks", "differential")]
SPEAKING += (TREE / "graders" / "bugs").glob("*.py")


class Scripted:
    """A service that gives one answer, or none, to everything."""

    def __init__(self, answer: Answer | Exception) -> None:
        self.answer, self.trouble, self.starts, self.clerk = answer, "", 1, self
        self.folder = TREE

    def ask(self, request: Request, seconds: float) -> Answer:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def ask_at_once(self, requests: list[Request], seconds: float, halted: bool = False) -> list[Answer]:
        return [self.ask(request, seconds) for request in requests]

    def call(self, command: str, *arguments: object) -> None:
        raise Unanswered("the database refused: OperationalError: database is locked")

    def last_error(self) -> str:
        return "app/main.py, line 3: KeyError: 7"

    def stop(self) -> None: ...
    def start(self) -> None: ...
    def wait(self, seconds: float) -> None: ...


@pytest.fixture(autouse=True)
def _nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graders.trial.Drawer", Mock())


def trial(answer: Answer | Exception) -> Trial:
    service = cast("Service", Scripted(answer))
    made = Trial(service, service, DATA, Limits())
    made.close()
    return made


def answer(status: int = 200, body: bytes = b"{}") -> Answer:
    return Answer(status, body, 0.01)


def words(failure: Failure) -> tuple[str, str, str, str]:
    return failure.reason, failure.asked, failure.expected, failure.actual


def failed(one: Answer | Exception, method: str, *arguments: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        getattr(trial(one), method)(*arguments)
    return caught.value


@pytest.mark.parametrize(
    ("one", "method", "reason", "expected", "actual"),
    [
        (answer(404, b'{"detail": 1}'), "get", "the answer is a 404", "200", '404 {"detail": 1}'),
        (answer(404, b"x" * 200), "get", "the answer is a 404", "200", f"404 {'x' * 100}..."),
        (answer(503, b""), "get", "the answer is a 503", "200", "503"),
        (answer(500), "get", "the answer is a 500", "200", "app/main.py, line 3: KeyError: 7"),
        (answer(200, b"[1]"), "record", "the answer is no object", "an object", "[1]"),
        (answer(200, b"{}"), "records", "the answer is no list of objects", "a list of objects", "{}"),
        (answer(200, b"[1]"), "records", "the answer is no list of objects", "a list of objects", "[1]"),
        (Unanswered("no answer within 10 s"), "get", "no answer within 10 s", "an answer", "none"),
    ],
)
def test_what_came_is_told_beside_what_was_asked(
    one: Answer | Exception, method: str, reason: str, expected: str, actual: str
) -> None:
    assert words(failed(one, method, "/a?b=1")) == (reason, "GET /a?b=1", expected, actual)


def test_an_answer_that_is_no_json_is_told() -> None:
    failure = failed(answer(200, b"{'a': 1}"), "get", "/a")
    assert failure.reason == "the answer is no JSON"
    assert failure.actual.startswith("Expecting property name")


def test_a_body_is_part_of_what_was_asked() -> None:
    request = Request("/a", "POST", b'{"user_id": 7}')
    with pytest.raises(Failure) as caught:
        expect_status(trial(answer(201)), request, 422, "Refuse it.")
    assert words(caught.value) == ("the answer is a 201", 'POST /a {"user_id": 7}', "422", "201 {}")
    assert caught.value.help == "Refuse it."


def test_the_right_status_is_no_failure() -> None:
    expect_status(trial(answer(404)), "/a", 404)


def test_a_burst_says_how_many_were_asked() -> None:
    failure = failed(Unanswered("no answer within 10 s"), "burst", [Request("/a")] * 3)
    assert failure.asked == "GET /a and 2 more at once"
    assert "never comes" in failure.help


def test_a_database_that_is_locked_is_explained() -> None:
    failure = failed(answer(), "add_view", 7)
    assert failure.reason == "the database refused: OperationalError: database is locked"
    assert failure.asked == "another process stores a row in the database"
    assert failure.help == LOCKED


def test_the_last_request_is_remembered() -> None:
    one = trial(answer())
    one.ask(Request("/a"))
    one.burst([Request("/b"), Request("/c")])
    assert one.asked == "GET /b and 1 more at once"


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    """Calls of a function, with where they stand, in all modules that tell a candidate something."""
    for path in SPEAKING:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == name:
                yield f"{path.name}, line {node.lineno}", node


def test_every_failure_says_what_was_asked_what_was_expected_and_what_came() -> None:
    wanted = {"asked", "expected", "actual"}
    found = list(calls("Failure"))
    assert found
    assert not [place for place, call in found if wanted - {keyword.arg for keyword in call.keywords}]


def test_every_comparison_says_what_was_asked() -> None:
    found = list(calls("expect"))
    assert found
    silent = [
        place
        for place, call in found
        if len(call.args) < 5 and "asked" not in {keyword.arg for keyword in call.keywords}
    ]
    assert not silent
