"""unstable-cache: the time is read three times, so no key is ever found and every answer is an error."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from graders.checks import Probe, Timed, expect, moment, now_right, still_right
from graders.client import Answer, Request
from graders.dataset import WINDOW
from graders.model import Budget, Bug, Evidence
from graders.service import Service
from graders.trial import Failure, Trial, Unknown, shown

BUG = Bug(
    slug="unstable-cache",
    title="Unstable cache",
    symptom="Analytics take two seconds and then fail.",
    points=35,
    budget=Budget(allowance=2, baseline=17),
)

TTL_SECONDS = 2.0
"""The exercise's default of ANALYTICS_TTL_SECONDS, which the README promises."""
GRACE_SECONDS = 0.4
CALLERS = 20

# Each check has products of its own, so that none meets an answer that another one caused.
ANSWERS, AGREE, HIT, FRESH, FIGURES, OTHER, MISS, COLD = 0, 1, 2, 3, 4, 5, 6, 7
AT_ONCE = (8, 9, 10)


def analytics(trial: Trial, nth: int) -> str:
    return f"/products/{trial.data.popular[nth]}/analytics"


def answers(trial: Trial) -> None:
    """A 200 with all fields, whose parts fit together."""
    path = analytics(trial, ANSWERS)
    body = trial.record(path)
    expect(body, {"product_id": trial.data.popular[ANSWERS]}, f"the answer to {path}, in it ")
    moment(body.get("window_start"), "window_start")
    by_day = body.get("views_by_day")
    if not isinstance(by_day, dict) or not all(isinstance(n, int) for n in by_day.values()):
        raise Failure("views_by_day is no object of counts by date", actual=shown(by_day))
    expect(sum(by_day.values()), body.get("views"), "the sum of views_by_day")


def answers_at_once(trial: Trial) -> None:
    """The median of three first answers may be a second slower than the reference's; a sleep of two shows."""
    lags = []
    for nth in AT_ONCE:
        path = analytics(trial, nth)
        answer = trial.ask(Request(path))
        trial.json_of(path, answer)
        lags.append(answer.seconds - trial.reference.ask(Request(path), trial.limits.answer).seconds)
        if len(lags) == 2 and max(lags) <= 1:
            return
    if statistics.median(lags) > 1:
        raise Failure(
            "the first answer for a product makes its caller wait",
            expected="within a second",
            actual=f"{statistics.median(lags):.1f} s more than the work takes",
            help="Nothing has to be waited for: the views are in the database as soon as they are recorded.",
        )


def answers_agree(trial: Trial) -> None:
    """Several answers in a short time; one change is allowed, where the TTL ran out between."""
    path = analytics(trial, AGREE)
    trial.get(path)
    bodies = _within_ttl(lambda: [trial.record(path) for _ in range(6)])
    changes = sum(one != other for one, other in zip(bodies, bodies[1:], strict=False))
    if changes > 1:
        raise Failure(
            f"6 requests for one product in a moment got {changes + 1} different answers",
            expected="the same answer for two seconds",
            actual=", ".join(str(body.get("window_start")) for body in bodies[:3]) + ", ...",
            help="A window that opens at the microsecond is never the same twice: floor it to the TTL.",
        )


def hits_recompute_nothing(trial: Trial) -> None:
    """After a first answer, at most one of five more looks at the views: where the TTL ran out between."""
    path = analytics(trial, HIT)
    trial.get(path)
    counts = _within_ttl(lambda: [trial.statements(path).views for _ in range(5)])
    recomputed = sum(count > 0 for count in counts)
    if recomputed > 1:
        raise Failure(
            f"{recomputed} of 5 requests within the TTL counted the views again",
            expected="no statement on product_views",
            actual=f"{counts} statements",
            help="Nothing is found in the cache: is the key ever asked for twice?",
        )


def _within_ttl(ask: Callable[[], list[Any]]) -> list[Any]:
    """What was asked, provided that it took less than the TTL. Raises Unknown on a very busy machine."""
    for _ in range(3):
        start = time.monotonic()
        got = ask()
        if time.monotonic() - start < TTL_SECONDS:
            return got
    raise Unknown("the machine was too slow to ask six times within two seconds")


def answers_are_fresh(trial: Trial) -> Iterator[float]:
    """A view that is stored while an answer is cached is counted once the TTL has passed."""
    path = analytics(trial, FRESH)
    trial.get(path)
    trial.add_view(trial.data.popular[FRESH])
    yield TTL_SECONDS + GRACE_SECONDS
    _expect_right(
        trial,
        FRESH,
        trial.record(path),
        "An answer older than two seconds: drop each entry when its time has come.",
    )


def figures_are_right(trial: Trial) -> None:
    """On a miss and on a hit, for the window that the answer states."""
    for body in [trial.record(analytics(trial, FIGURES)) for _ in range(3)]:
        _expect_right(trial, FIGURES, body, "")


def window_is_thirty_days(trial: Trial) -> None:
    body = trial.record(analytics(trial, FIGURES))
    age = trial.now() - moment(body.get("window_start"), "window_start")
    if not WINDOW.days - 1 <= age.total_seconds() / 86_400 <= WINDOW.days + 2:
        raise Failure("the window is not the last 30 days", expected="30 days", actual=str(age))


def products_are_told_apart(trial: Trial) -> None:
    """Two products in turn, a rare one among them, each get their own answer."""
    quiet = trial.ids[0]
    _expect_right(trial, OTHER, trial.record(analytics(trial, OTHER)), "")
    body = trial.record(f"/products/{quiet}/analytics")
    expect(
        body,
        {"product_id": quiet},
        f"the answer for product {quiet}, in it ",
        "It is another product's answer: the key of the cache lacks the product.",
    )
    _expect_figures(trial, quiet, body, "")
    _expect_right(trial, OTHER, trial.record(analytics(trial, OTHER)), "")


def unknown_product_is_404(trial: Trial) -> None:
    path = f"/products/{trial.data.unknown}/analytics"
    expect(trial.status(Request(path)), 404, f"the status of {path}")


def _expect_right(trial: Trial, nth: int, body: dict[str, Any], help: str) -> None:
    _expect_figures(trial, trial.data.popular[nth], body, help)


def _expect_figures(trial: Trial, product_id: int, body: dict[str, Any], help: str) -> None:
    start = moment(body.get("window_start"), "window_start")
    expected = trial.oracle.analytics(product_id, start)
    what = f"analytics of product {product_id} since {start}, in it "
    days = body.get("views_by_day")
    if isinstance(days, dict):  # a day without views may be left out or be 0
        body = {**body, "views_by_day": {**dict.fromkeys(expected["views_by_day"], 0), **days}}
        expected["views_by_day"] = {**dict.fromkeys(days, 0), **expected["views_by_day"]}
    expect(body, expected, what, help)


def warm_burst(trial: Trial, service: Service) -> list[Answer]:
    """Twenty callers of one product at once, whose answer is in the cache."""
    request = Request(f"/products/{trial.data.timed}/analytics")
    service.ask(request, trial.limits.answer)
    return service.ask_at_once([request] * CALLERS, trial.limits.answer)


def warm_burst_is_right(trial: Trial, answers: list[Answer]) -> None:
    for body in {answer.body: trial.object_in("analytics", answer) for answer in answers}.values():
        _expect_figures(trial, trial.data.timed, body, "")


def evidence(trial: Trial) -> Evidence:
    alone = trial.statements(analytics(trial, MISS)).views
    before = trial.submission.statements()
    trial.burst([Request(analytics(trial, COLD))] * CALLERS)
    together = trial.submission.statements().since(before).views
    return {
        "statements_of_a_miss": alone,
        "computed_of_a_cold_burst_of_20": together / alone if alone else 0,
    }


PROBE = Probe(
    bug=BUG,
    checks=(
        now_right("answers", "analytics answer 200, with figures that fit together", answers),
        now_right(
            "at-once", "the first answer for a product comes at once", answers_at_once, needs="answers"
        ),
        now_right("agree", "several answers within two seconds agree", answers_agree, needs="answers"),
        now_right(
            "hit", "an answer from the cache looks at no view again", hits_recompute_nothing, needs="answers"
        ),
        now_right("fresh", "no answer is older than two seconds", answers_are_fresh, needs="answers"),
        still_right(
            "figures", "figures are right for the window stated, from the cache too", figures_are_right
        ),
        still_right("window", "the window is the last 30 days", window_is_thirty_days),
        still_right("own-answer", "each product gets its own answer", products_are_told_apart),
        still_right("unknown", "an unknown product is a 404", unknown_product_is_404),
    ),
    timed=Timed(warm_burst, warm_burst_is_right),
    evidence=evidence,
)
