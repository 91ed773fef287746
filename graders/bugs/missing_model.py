"""missing-model: the route that records a view takes `user_id` from the query, not from the JSON body."""

from __future__ import annotations

import json

from graders.checks import Probe, expect, moment, now_right, still_right
from graders.client import Request
from graders.model import Bug, Evidence
from graders.trial import Failure, Trial, Unknown

BUG = Bug(
    slug="missing-model",
    title="Missing model",
    symptom="A view that a client records is refused.",
    points=15,
)

USER = 7_654_321
STORED, LISTED, REFUSED = 0, 1, 2
"""Which of the spare products each check writes to."""

BAD_BODIES: tuple[object, ...] = (
    {"user_id": "seven"},
    {"user_id": 7.5},
    {"user_id": None},
    {"user_id": [7]},
    {"user_id": {"id": 7}},
    {},
)


def post(product_id: int, body: object) -> Request:
    return Request(f"/products/{product_id}/views", "POST", body, json=True)


def body_is_accepted_and_stored(trial: Trial) -> None:
    product_id = trial.data.spare[STORED]
    before = trial.clerk("views_of", product_id)
    request = post(product_id, {"user_id": USER})
    answer = trial.ask(request)
    if answer.status != 201:
        raise Failure(
            'the body {"user_id": 7} is refused',
            expected="201",
            actual=f"{answer.status} {answer.body[:100].decode('utf-8', 'replace')}",
            help="FastAPI reads a parameter that is a plain number from the query, a model from the body.",
        )
    body = trial.object_in(request.path, answer)
    expect(body, {"product_id": product_id, "user_id": USER}, "the recorded view, in it ")
    moment(body.get("viewed_at"), "viewed_at")
    added = [row for row in trial.clerk("views_of", product_id) if row not in before]
    expect(added, [[body.get("id"), USER]], "what was stored, [id, user_id], ")


def bad_bodies_are_refused(trial: Trial) -> None:
    for body in BAD_BODIES:
        status = trial.status(post(trial.data.spare[REFUSED], body))
        expect(
            status,
            422,
            f"the status for the body {body}",
            "Declare the field as an integer without a default, then FastAPI refuses the rest by itself.",
        )


def view_shows_up_in_the_list(trial: Trial) -> None:
    product_id = trial.data.spare[LISTED]
    path = f"/products?limit=1&offset={trial.ids.index(product_id)}"
    before = _listed_views(trial, path)
    expect(trial.status(post(product_id, {"user_id": USER})), 201, "the status of recording a view")
    expect(_listed_views(trial, path), before + 1, f"the number of views in {path} after one was recorded")


def _listed_views(trial: Trial, path: str) -> int:
    """What the list shows. Raises Unknown where the list itself is down: that is another bug's matter."""
    try:
        return int(trial.records(path)[0]["views"])
    except (Failure, LookupError, TypeError, ValueError):
        raise Unknown("the list does not answer, so the view cannot be seen there") from None


def unknown_product_is_404(trial: Trial) -> None:
    expect(
        trial.status(post(trial.data.unknown, {"user_id": USER})),
        404,
        "the status of recording a view of an unknown product",
    )


def evidence(trial: Trial) -> Evidence:
    schema = json.dumps(trial.record("/openapi.json").get("paths"))
    return {"body_in_schema": '"requestBody"' in schema}


PROBE = Probe(
    bug=BUG,
    checks=(
        now_right(
            "accepted",
            "a JSON body with a user_id is accepted and stored",
            body_is_accepted_and_stored,
            weight=3,
        ),
        still_right("listed", "the recorded view shows up in the list", view_shows_up_in_the_list),
        still_right("unknown", "an unknown product is a 404", unknown_product_is_404),
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
