"""unstable-cache: the time is read three times, so no key is ever found and every answer is an error."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from graders.checks import Probe, Timed, expect, moment, now_right, still_right
from graders.client import Answer, Request
from graders.dataset import SHAPES, WINDOW
from graders.model import Budget, Bug, Evidence
from graders.service import Service
from graders.trial import Failure, Trial, Unknown, shown

T = TypeVar("T")

BUG = Bug(
    slug="unstable-cache",
    title="Unstable cache",
    symptom="Analytics take two seconds and then fail.",
    points=35,
    budget=Budget(allowance=4, baseline=17),
)

TTL_SECONDS = 2.0
"""The exercise's default of ANALYTICS_TTL_SECONDS, which the README promises."""
GRACE_SECONDS = 0.4
APART_SECONDS = 0.35
LAG_SECONDS = 1.0
CALLERS = 20

# Each check has products of its own, so that none meets an answer that another one caused.
ANSWERS, AGREE, HIT, FRESH, FIGURES, OTHER, MISS, COLD, BURST = range(9)
UNSEEN = 3
"""Which of the spare products is one that nobody ever viewed."""


def analytics(trial: Trial, nth: int) -> str:
    return f"/products/{trial.data.popular[nth]}/analytics"


def answers(trial: Trial) -> None:
    """A 200 with all fields, whose parts fit together."""
    path = analytics(trial, ANSWERS)
    body = trial.record(path)
    expect(body, {"product_id": trial.data.popular[ANSWERS]}, f"the answer to {path}")
    moment(body.get("window_start"), "window_start")
    by_day = body.get("views_by_day")
    if not isinstance(by_day, dict) or not all(isinstance(n, int) for n in by_day.values()):
        raise Failure("views_by_day is no object of counts by date", actual=shown(by_day))
    expect(sum(by_day.values()), body.get("views"), "the sum of views_by_day")


def answers_at_once(trial: Trial) -> None:
    """Twenty first answers at once, for as many products, lag the reference's by less than a second.

    In two of three tries, each with products of its own: a sleep of two seconds shows on any machine.
    """
    lags: list[float] = []
    for nth in range(3):
        first = SHAPES + 100 + nth * CALLERS
        requests = [Request(f"/products/{i}/analytics") for i in trial.ids[first : first + CALLERS]]
        mine = trial.reference.ask_at_once(requests, trial.limits.answer)
        lags.append(max(a.seconds for a in trial.burst(requests)) - max(a.seconds for a in mine))
        if len(lags) == 2 and max(lags) <= LAG_SECONDS:
            return
    if statistics.median(lags) > LAG_SECONDS:
        raise Failure(
            "the first answer for a product makes its caller wait",
            expected="within a second",
            actual=f"{statistics.median(lags):.1f} s more than the work takes",
            help="Nothing has to be waited for: the views are in the database as soon as they are recorded.",
        )


def answers_agree(trial: Trial) -> Iterator[float]:
    """Several answers in a short time; one change is allowed, where the TTL ran out between."""
    path = analytics(trial, AGREE)
    trial.get(path)
    bodies = [body for [body] in _within_ttl(trial, [path], trial.record, 6)]
    for _ in range(2):
        yield APART_SECONDS
        bodies.append(trial.record(path))
    changes = sum(one != other for one, other in zip(bodies, bodies[1:], strict=False))
    if changes > 1:
        raise Failure(
            f"{len(bodies)} requests for one product within a second got {changes + 1} different answers",
            expected="the same answer for two seconds",
            actual=", ".join(str(body.get("window_start")) for body in bodies[:3]) + ", ...",
            help="A window that opens at the microsecond is never the same twice: floor it to the TTL.",
        )


def hits_recompute_nothing(trial: Trial) -> Iterator[float]:
    """Two products in turn, one without views: after its first answer, at most one more looks at the views.

    That one is allowed, where the TTL ran out between.
    """
    paths = [analytics(trial, HIT), f"/products/{trial.data.spare[UNSEEN]}/analytics"]
    for path in paths:
        trial.get(path)
    counts = _within_ttl(trial, paths, lambda path: trial.statements(path).views, 3)
    for _ in range(2):
        yield APART_SECONDS
        counts.append([trial.statements(path).views for path in paths])
    for path, of_path in zip(paths, zip(*counts, strict=True), strict=True):
        recomputed = sum(count > 0 for count in of_path)
        if recomputed > 1:
            raise Failure(
                f"{recomputed} of {len(of_path)} requests for {path} within the TTL counted the views again",
                expected="no statement on product_views",
                actual=f"{', '.join(map(str, of_path))} statements",
                help="Nothing is found in the cache: is the key ever asked for twice?",
            )


def _within_ttl(trial: Trial, paths: list[str], ask: Callable[[str], T], rounds: int) -> list[list[T]]:
    """What was asked of each path in turn, round by round, all of it within the TTL.

    Raises Failure where the submission takes longer, Unknown where the reference does too.
    """
    for _ in range(3):
        start = time.monotonic()
        got = [[ask(path) for path in paths] for _ in range(rounds)]
        took = time.monotonic() - start
        if took < TTL_SECONDS:
            return got
        for path in paths * rounds:
            trial.reference.ask(Request(path), trial.limits.answer)
        if time.monotonic() - start - took < TTL_SECONDS / 2:
            raise Failure(
                f"{len(paths) * rounds} answers from the cache take {took:.1f} s", expected="a moment"
            )
    raise Unknown("the machine was too slow to ask a few times within two seconds")


def answers_are_fresh(trial: Trial) -> Iterator[float]:
    """A view stored while an answer is cached is counted once the TTL has passed, however often one asks."""
    path = analytics(trial, FRESH)
    trial.get(path)
    trial.add_view(trial.data.popular[FRESH])
    for _ in range(3):
        yield (TTL_SECONDS + GRACE_SECONDS) / 3
        body = trial.record(path)
    _expect_figures(
        trial,
        trial.data.popular[FRESH],
        body,
        "An answer older than two seconds: drop each entry when its time has come.",
    )


def figures_are_right(trial: Trial) -> Iterator[float]:
    """On a miss, and on a hit much later, for the window that the answer states."""
    path, product_id = analytics(trial, FIGURES), trial.data.popular[FIGURES]
    for _ in range(2):
        _expect_figures(trial, product_id, trial.record(path), "")
    yield TTL_SECONDS - GRACE_SECONDS
    _expect_figures(
        trial, product_id, trial.record(path), "The window stated is not the one that was counted."
    )


def many_at_once_are_right(trial: Trial) -> None:
    """Twenty first callers of one product all get an answer."""
    path, product_id = analytics(trial, COLD), trial.data.popular[COLD]
    for answer in trial.burst([Request(path)] * CALLERS):
        _expect_figures(trial, product_id, trial.object_in(path, answer), "")


def window_is_thirty_days(trial: Trial) -> None:
    body = trial.record(analytics(trial, FIGURES))
    age = trial.now() - moment(body.get("window_start"), "window_start")
    if not WINDOW.days - 1 <= age.total_seconds() / 86_400 <= WINDOW.days + 2:
        raise Failure("the window is not the last 30 days", expected="30 days", actual=str(age))


def products_are_told_apart(trial: Trial) -> None:
    """Two products in turn, a rare one among them, each get their own answer."""
    quiet = trial.ids[0]
    _expect_figures(trial, trial.data.popular[OTHER], trial.record(analytics(trial, OTHER)), "")
    body = trial.record(f"/products/{quiet}/analytics")
    expect(
        body,
        {"product_id": quiet},
        f"the answer for product {quiet}",
        "It is another product's answer: the key of the cache lacks the product.",
    )
    _expect_figures(trial, quiet, body, "")
    _expect_figures(trial, trial.data.popular[OTHER], trial.record(analytics(trial, OTHER)), "")


def unknown_product_is_404(trial: Trial) -> Iterator[float]:
    """And not for ever: a product that comes later is found once the TTL has passed."""
    later = trial.unused_id()
    for product_id in (trial.data.unknown, later):
        path = f"/products/{product_id}/analytics"
        expect(trial.status(Request(path)), 404, f"the status of {path}")
    trial.add("products", {"id": later, "name": "Later", "price": 1.5})
    yield TTL_SECONDS + GRACE_SECONDS
    trial.record(f"/products/{later}/analytics")


def _expect_figures(trial: Trial, product_id: int, body: dict[str, Any], help: str) -> None:
    start = moment(body.get("window_start"), "window_start")
    expected = trial.oracle.analytics(product_id, start)
    what = f"analytics of product {product_id} since {start:%Y-%m-%d %H:%M:%S}"
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
    paths = [analytics(trial, MISS), analytics(trial, BURST)]
    alone = trial.statements(paths[0]).views
    before = trial.submission.statements()
    trial.burst([Request(paths[1])] * CALLERS)
    together = trial.submission.statements().since(before).views
    return {
        "statements_of_a_miss": alone,
        "computed_of_a_cold_burst_of_20": round(together / alone) if alone else 0,
    }


PROBE = Probe(
    bug=BUG,
    modules=("app/analytics.py",),
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
        still_right(
            "together", "twenty callers at once all get an answer, and the right one", many_at_once_are_right
        ),
        still_right("own-answer", "each product gets its own answer", products_are_told_apart),
        still_right("unknown", "an unknown product is a 404", unknown_product_is_404),
    ),
    timed=Timed(warm_burst, warm_burst_is_right),
    evidence=evidence,
)
