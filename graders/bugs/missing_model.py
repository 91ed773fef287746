"""missing-model: the route that records a view takes `user_id` from the query, not from the JSON body."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from graders.checks import Probe, expect, expect_status, moment, now_right, still_right
from graders.client import Answer, Request
from graders.differential import generated
from graders.failure import Failure, Unknown, after, among, asked_at_once, asked_of, shown
from graders.generated import views
from graders.model import Bug, Evidence
from graders.trial import Trial

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
APART_SECONDS = 1.1
CALLERS, TRIES = 10, 3
SLOW_SECONDS = 1.0
HEALTH = Request("/health")

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


def body_is_accepted_and_stored(trial: Trial) -> Iterator[float]:
    product_id = trial.data.spare[STORED]
    before = trial.clerk("views_of", product_id)
    ids = [_recorded(trial, product_id, user_id) for user_id in USERS]
    added = trial.clerk("views_of", product_id)[len(before) :]
    asked = ", then ".join(asked_of(post(product_id, view_by(user_id))) for user_id in USERS)
    stored = [{"view": row[0], "user_id": row[1]} for row in added]
    answered = [{"view": view, "user_id": user_id} for view, user_id in zip(ids, USERS, strict=True)]
    expect(stored, answered, "the table", "The id that is answered is the one of the stored view.", asked)
    for _, _, viewed_at in added:
        _expect_now(trial, viewed_at, "the stored viewed_at", asked)
    if len({viewed_at for _, _, viewed_at in added}) == 1:  # whole seconds, or a time that stands still
        yield APART_SECONDS
        _recorded(trial, product_id, USERS[0])
        later = trial.clerk("views_of", product_id)[-1][2]
        if later == added[0][2]:
            raise Failure(
                "views recorded at different times have the same viewed_at",
                asked=f"{asked}, and once more {APART_SECONDS} s later",
                expected="the time of each view",
                actual=shown(later),
                help="A default that is computed where the class is made is computed once.",
            )


def _recorded(trial: Trial, product_id: int, user_id: int) -> Any:
    """The id of a view that was recorded as it must be."""
    request = post(product_id, view_by(user_id))
    answer = trial.ask(request)
    trial.expect_status(request, answer, 201, _why_refused(answer))
    body, asked = trial.object_in(request, answer, 201), asked_of(request)
    expect(body, {"product_id": product_id, "user_id": user_id}, "the recorded view", asked=asked)
    _expect_now(trial, body.get("viewed_at"), "viewed_at", asked)
    return body.get("id")


def _why_refused(answer: Answer) -> str:
    """What it usually means, by where FastAPI says that it has looked."""
    if answer.status == 422 and b'"query"' in answer.body:
        return "FastAPI reads a parameter that is a plain number from the query, a model from the body."
    if answer.status == 422 and b'"body"' in answer.body:
        return "The body is read, but declared as something else than an object with a number user_id."
    return ""


def _expect_now(trial: Trial, value: Any, what: str, asked: str) -> None:
    now = trial.now()
    if abs(moment(value, what, asked) - now) > JUST_NOW:
        raise Failure(
            f"{what} is not the time of the view",
            asked=asked,
            expected=f"{now:%Y-%m-%d %H:%M} UTC or so",
            actual=shown(value),
        )


def bad_bodies_are_refused(trial: Trial) -> None:
    product_id = trial.data.spare[REFUSED]
    before = trial.clerk("views_of", product_id)
    for body in BAD_BODIES:
        expect_status(
            trial,
            post(product_id, body),
            422,
            "Declare the field as an integer without a default, then FastAPI refuses the rest by itself.",
        )
    stored = len(trial.clerk("views_of", product_id)) - len(before)
    expect(
        stored,
        0,
        "the number of views stored",
        "A body that is refused must leave nothing behind.",
        f"POST /products/{product_id}/views with {len(BAD_BODIES)} bad bodies, each refused",
    )


def view_shows_up_in_the_list(trial: Trial) -> None:
    product_id = trial.data.spare[LISTED]
    path = f"/products?limit=1&offset={trial.ids.index(product_id)}"
    try:
        before = trial.records(path)
    except Failure:  # the list itself is down, which is another bug's matter
        raise Unknown("the list does not answer, so the view cannot be seen there") from None
    if not before or not all(type(row.get("views")) is int for row in before):  # so is what it lacks
        raise Unknown("the list does not say how many views there are")
    for user_id in USERS:
        expect_status(trial, post(product_id, view_by(user_id)), 201)
    grown = [{"views": row["views"] + len(USERS)} for row in before]
    with after(f"{len(USERS)} views of product {product_id} recorded"):
        expect(trial.records(path), grown, "the list", asked=f"GET {path}")


def many_at_once_are_stored(trial: Trial) -> None:
    """Ten at once, and `/health`, again and again, in a second once: none waits for another.

    Two that would get in each other's way need not meet the first time, on a busy machine least of all.
    """
    product_id, waits = trial.data.spare[STORED], []
    for nth in range(TRIES):
        requests = [post(product_id, view_by(1000 + 100 * nth + user)) for user in range(CALLERS)]
        waits.append(_wait_of(trial, requests))
    if min(waits) <= SLOW_SECONDS:
        return
    if min(waits) > 2 * max(a.seconds for a in trial.reference.ask_at_once(requests, trial.limits.answer)):
        raise Failure(
            "views that are recorded at once wait for each other",
            asked=f"{asked_at_once(requests)}, then GET /health",
            expected=f"answers within {SLOW_SECONDS:g} s",
            actual=f"{min(waits):.1f} s at best in {len(waits)} tries",
            help="What waits inside an `async def` holds up every request.",
        )


def _wait_of(trial: Trial, requests: list[Request]) -> float:
    """Seconds until views are recorded, which must be stored, and `/health` has answered."""
    product_id = trial.data.spare[STORED]
    before = trial.clerk("views_of", product_id)
    answers = trial.burst([*requests, HEALTH])
    with among(f"{CALLERS} at once"):
        bodies = [
            trial.object_in(request, answer, 201)
            for request, answer in zip(requests, answers[:-1], strict=True)
        ]
    added = trial.clerk("views_of", product_id)[len(before) :]
    expect(
        sorted(row[0] for row in added),
        sorted(body.get("id") for body in bodies),
        "the list of ids",
        "Each view has an id of its own, given by the database.",
        asked_at_once(requests),
    )
    return max(answer.seconds for answer in answers)


def bad_products_are_refused(trial: Trial) -> None:
    for product_id, status in ((trial.data.unknown, 404), ("abc", 422)):
        help = "Look for the product before the view is stored." if status == 404 else ""
        expect_status(trial, post(product_id, view_by(7)), status, help)
    with after("views of no product refused"):  # which must not keep a lock, or a connection
        expect_status(trial, post(trial.data.spare[STORED], view_by(7)), 201)


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
            since=2,
        ),
        still_right(
            "at-once",
            "ten views at once are all stored, in time",
            many_at_once_are_stored,
            "accepted",
            since=2,
        ),
        still_right("listed", "the recorded view shows up in the list", view_shows_up_in_the_list),
        still_right(
            "unknown", "an unknown product is a 404, no number a 422", bad_products_are_refused, since=2
        ),
        now_right(
            "refused",
            "a user_id that is no integer, or none at all, is a 422",
            bad_bodies_are_refused,
            weight=2,
            needs="accepted",
        ),
        generated(views.run, needs="refused"),
    ),
    timed=None,
    evidence=evidence,
    traced=lambda trial: post(trial.data.spare[STORED], view_by(USERS[0])),
)
