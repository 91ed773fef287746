"""Services without a process, right by the oracle or spoilt, to be put on trial with generated requests."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest

from graders import dataset, differential
from graders.client import Answer, Request
from graders.dataset import DataSet
from graders.model import Limits
from graders.oracle import Oracle
from graders.trial import Trial


def few_products(data: DataSet) -> DataSet:
    """As many as a test needs, with their views and costs."""
    products = data.products[:80]
    ids = {row["id"] for row in products}
    of_them = [[row for row in rows if row["product_id"] in ids] for rows in (data.views, data.costs)]
    return replace(data, products=products, views=of_them[0], costs=of_them[1])


DATA = few_products(dataset.generate(7, datetime(2026, 11, 24, 12)))
Rows = list[dict[str, Any]]


def answer(status: int, body: object) -> Answer:
    return Answer(status, json.dumps(body).encode(), 0.001)


@dataclass
class Side:
    """A service without a process: the list and reports by the oracle, spoilt by `spoil`."""

    folder: Path
    spoil: Callable[[Request, Answer], Answer] = lambda request, answer: answer
    asked: list[Request] = field(default_factory=list)
    starts: int = 1
    trouble: str = ""
    oracle: Oracle = field(default_factory=lambda: Oracle(DATA))
    stored: list[tuple[int, int]] = field(default_factory=list)

    @property
    def clerk(self) -> Any:
        return SimpleNamespace(call=self._call)

    def _call(self, command: str, *arguments: Any) -> Any:
        if command == "views_of":
            return [[1, user, "now"] for product, user in self.stored if product == arguments[0]]
        for row in arguments[1]:
            self.oracle.add(arguments[0], row)
        return None

    def burst(self, requests: Sequence[Request], seconds: float) -> Any:
        self.asked += requests
        read = [self.spoil(request, self._answer(request)) for request in requests]
        return contextlib.nullcontext(SimpleNamespace(read=read.__getitem__))

    def _answer(self, request: Request) -> Answer:
        url = urlsplit(request.path)
        query = {name: values[0] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
        if url.path == "/products":
            return self._page(**query)
        _, _, product, route = url.path.split("/")
        if not re.fullmatch(r"-?\d+", product):
            return answer(422, {"detail": "no number"})
        known = any(row["id"] == int(product) for row in self.oracle.page(2000))
        if route == "report" and known and query.get("currency", "EUR") in DATA.rates:
            return answer(200, self.oracle.report(int(product), query.get("currency", "EUR")))
        if route == "views" and known and (user := _user(request.body or b"")):
            self.stored.append((int(product), user))
            return answer(201, {"id": 1, "product_id": int(product), "user_id": user, "viewed_at": "now"})
        return answer(422 if known else 404, {"detail": "no"})

    def _page(self, limit: str = "100", offset: str = "0") -> Answer:
        if not (limit.isdigit() and offset.isdigit() and 1 <= int(limit) <= 1000):
            return answer(422, {"detail": "bad"})
        return answer(200, self.oracle.page(int(limit), int(offset)))

    def last_error(self) -> str:
        return ""

    def start(self) -> None:
        self.starts += 1

    def stop(self) -> None: ...

    def wait(self, seconds: float) -> None: ...


def _user(body: bytes) -> int | None:
    try:
        read = json.loads(body)["user_id"]
    except (ValueError, TypeError, LookupError):
        return None
    return read if type(read) is int else None


def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, the same is drawn and made as small."""
    monkeypatch.setattr(differential, "DRAWING_SECONDS", 60)
    monkeypatch.setattr(differential, "SHRINKING_SECONDS", 60)


def on_trial(tmp_path: Path) -> Iterator[Callable[..., Trial]]:
    """Puts two sides on trial, right ones unless they are given."""
    with contextlib.ExitStack() as stack:

        def trial(submission: Side | None = None, reference: Side | None = None) -> Trial:
            folder = tmp_path / "shop"
            sides = [cast("Any", side or Side(folder)) for side in (submission, reference)]
            made = Trial(sides[0], sides[1], DATA, Limits())
            stack.callback(made.close)
            for side in sides:
                stack.callback(side.oracle.close)
            return made

        yield trial


def spoilt(tmp_path: Path, spoil: Callable[[Request, Any], Any]) -> Side:
    """A side whose 200s have another body."""

    def spoil_body(request: Request, right: Answer) -> Answer:
        return answer(right.status, spoil(request, right.json())) if right.status == 200 else right

    return Side(tmp_path / "shop", spoil_body)
