"""Views to record, for missing-model: good bodies and bad ones, for known products and others."""

from __future__ import annotations

import json
from typing import Any

from graders.checks import expect
from graders.client import Request
from graders.differential import REFUSED, Ask, Example, Plan, explore
from graders.failure import asked_of
from graders.generated import products
from graders.grammar import Grammar, either, pick, record, several, whole
from graders.trial import Trial

MOST = 2**31 - 1
"""The largest id of a user that any right service takes."""
NO_USERS: tuple[Any, ...] = (None, "seven", "", "7x", 0.5, 7.25, -1.5, [], [7], {}, {"id": 7}, {"user_id": 7})
"""A `"7"`, a 7.0, a boolean, a negative one may be taken by one right model and refused by another."""
BROKEN = ("", "{", "{}", "[]", "7", "null", '"seven"', '[{"user_id": 7}]', '{"user": 7}', '{"user_id"}')
IN_A_ROW = 5


def run(trial: Trial) -> None:
    """Explore the recording of views; the clerks look up what is stored, since the list may be down."""
    known = [trial.unused_id() for _ in range(2)]
    rows = [{"id": product_id, "name": f"Viewed {product_id}", "price": 2.5} for product_id in known]
    trial.add("products", *rows)
    plan = Plan(
        grammar(trial, known),
        lambda drawn: _meant(drawn, known),
        _expect_recorded,
        _Stored(trial, known).expect,
        one_by_one=True,
    )
    explore(trial, plan)


def grammar(trial: Trial, known: list[int]) -> Grammar:
    """Bodies as they are, and users to make them of."""
    user = either(whole(1, 9), whole(1, MOST), pick(*NO_USERS))
    body = either(record(user_id=user), record(user_id=user), pick(*BROKEN))
    return several(record(product=products.product_id(trial, known), body=body), 1, IN_A_ROW)


def _meant(drawn: list[dict[str, Any]], known: list[int]) -> Example:
    return Example([], [_ask(ask["product"], ask["body"], known) for ask in drawn])


def _ask(product: object, body: Any, known: list[int]) -> Ask:
    text = body if isinstance(body, str) else json.dumps(body)
    bad = isinstance(body, str) or not isinstance(body["user_id"], int)
    either = REFUSED if bad and product not in known else products.refusals(product)
    return Ask(Request(f"/products/{product}/views", "POST", text.encode()), either)


def _expect_recorded(ask: Ask, mine: Any, theirs: Any) -> None:
    """All but the row's id and the time, which differ between any two services."""
    same = {name: theirs[name] for name in ("product_id", "user_id")}
    expect(mine, same, "the recorded view", asked=asked_of(ask.request))


class _Stored:
    """What each side stored since it was last looked at."""

    def __init__(self, trial: Trial, known: list[int]) -> None:
        self._trial = trial
        self._known = known
        self._seen = ([0] * len(known), [0] * len(known))

    def expect(self) -> None:
        """Raise Failure where the two sides stored other users' views."""
        reference, trial = self._trial.reference, self._trial
        mine = self._new(0, [trial.clerk("views_of", product_id) for product_id in self._known])
        theirs = self._new(1, [reference.clerk.call("views_of", product_id) for product_id in self._known])
        expect(mine, theirs, "what is stored")

    def _new(self, side: int, rows: list[list[Any]]) -> dict[str, list[int]]:
        """The users of the new rows, by product."""
        new = {
            str(product_id): [user_id for _, user_id, _ in of_product[seen:]]
            for product_id, of_product, seen in zip(self._known, rows, self._seen[side], strict=True)
        }
        self._seen[side][:] = map(len, rows)
        return new
