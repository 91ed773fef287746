"""missing-model: the route that records a view takes `user_id` from the query, not from the JSON body."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from graders.checks import Probe, expect, moment, now_right, still_right
from graders.client import Request
from graders.model import Bug, Evidence
from graders.trial import Failure, Trial, Unknown, shown

BUG = Bug(
    slug="missing-model",
    title="Missing model",
    symptom="A view that a client records is refused.",
    points=15,
)

USERS = (7, 7, 2_000_000_000)
"""Who looks at a product: the same one twice counts twice."""
STORED, LISTED, REFUSED = 0, 1, 2
"""Which of the spare products each check writes to."""
JUST_NOW = timedelta(minutes=5)

BAD_BODIES = (
    '{"user_id": "seven"}',
    '{"user_id": 7.5}',
    '{"user_id": null}',
    '{"user_id": [7]}',
    '{"user_id": {"id": 7}}',
    "{}",
    "[7]",
    "7",
    '{"user_id":',
    "",
)


def post(product_id: int | str, body: str) -> Request:
    return Request(f"/products/{product_id}/views", "POST", body.encode())


def view_by(user_id: int) -> str:
    return json.dumps({"user_id": user_id})


def body_is_accepted_and_stored(trial: Trial) -> None:
    product_id = trial.data.spare[STORED]
    before = trial.clerk("views_of", product_id)
    ids = [_recorded(trial, product_id, user_id) for user_id in USERS]
    added = trial.clerk("views_of", product_id)[len(before) :]
    expect(
        [row[:2] for row in added], [list(pair) for pair in zip(ids, USERS, strict=True)], "what was stored"
    )
    for _, _, viewed_at in added:
        _expect_now(trial, viewed_at, "the stored viewed_at")


def _recorded(trial: Trial, product_id: int, user_id: int) -> Any:
    """The id of a view that was recorded as it must be."""
    request = post(product_id, view_by(user_id))
    answer = trial.ask(request)
    if answer.status != 201:
        raise Failure(
            f"the body {view_by(user_id)} is refused",
            expected="201",
            actual=f"{answer.status} {answer.body[:100].decode('utf-8', 'replace')}",
            help="FastAPI reads a parameter that is a plain number from the query, a model from the body.",
        )
    body = trial.object_in(request.path, answer, 201)
    expect(body, {"product_id": product_id, "user_id": user_id}, "the recorded view")
    _expect_now(trial, body.get("viewed_at"), "viewed_at")
    return body.get("id")


def _expect_now(trial: Trial, value: Any, what: str) -> None:
    now = trial.now()
    if abs(moment(value, what) - now) > JUST_NOW:
        raise Failure(f"{what} is not the time of the view", expected=f"{now} or so", actual=shown(value))


def bad_bodies_are_refused(trial: Trial) -> None:
    product_id = trial.data.spare[REFUSED]
    before = trial.clerk("views_of", product_id)
    for body in BAD_BODIES:
        expect(
            trial.status(post(product_id, body)),
            422,
            f"the status for the body {body or '(empty)'}",
            "Declare the field as an integer without a default, then FastAPI refuses the rest by itself.",
        )
    expect(trial.clerk("views_of", product_id), before, "what is stored after bodies were refused")


def view_shows_up_in_the_list(trial: Trial) -> None:
    product_id = trial.data.spare[LISTED]
    path = f"/products?limit=1&offset={trial.ids.index(product_id)}"
    try:
        before = trial.records(path)
    except Failure:  # the list itself is down, which is another bug's matter
        raise Unknown("the list does not answer, so the view cannot be seen there") from None
    for user_id in USERS:
        expect(trial.status(post(product_id, view_by(user_id))), 201, "the status of recording a view")
    after = [{**row, "views": row.get("views", 0) + len(USERS)} for row in before]
    expect(trial.records(path), after, "the product in the list, after views were recorded")


def bad_products_are_refused(trial: Trial) -> None:
    for product_id, status in ((trial.data.unknown, 404), ("abc", 422)):
        request = post(product_id, view_by(7))
        expect(trial.status(request), status, f"the status of POST {request.path}")


def evidence(trial: Trial) -> Evidence:
    schema = json.dumps(trial.record("/openapi.json").get("paths"))
    return {"body_in_schema": '"requestBody"' in schema}


PROBE = Probe(
    bug=BUG,
    modules=("app/database.py", "app/catalog.py"),  # a recorded view shows up in the list
    checks=(
        now_right(
            "accepted",
            "a JSON body with a user_id is accepted and stored",
            body_is_accepted_and_stored,
            weight=3,
        ),
        still_right("listed", "the recorded view shows up in the list", view_shows_up_in_the_list),
        still_right("unknown", "an unknown product is a 404, no number a 422", bad_products_are_refused),
        now_right(
            "refused",
            "a user_id that is no integer, or none at all, is a 422",
            bad_bodies_are_refused,
            weight=2,
            needs="accepted",
        ),
    ),
    timed=None,
    evidence=evidence,
)
