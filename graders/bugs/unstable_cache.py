"""unstable-cache: the time is read three times, so no key is ever found and every answer is an error."""

from __future__ import annotations

import functools
import statistics
from collections.abc import Callable, Iterator, Sequence

from graders.bugs.analytics import (
    ANSWERS,
    BURST,
    COLD,
    FIGURES,
    GRACE_SECONDS,
    MISS,
    OTHER,
    TRACED,
    TTL_SECONDS,
    analytics,
    expect_figures,
)
from graders.bugs.caching import answers_agree, answers_are_fresh, figures_are_right, hits_recompute_nothing
from graders.bugs.meanwhile import answering, named
from graders.checks import Probe, Timed, expect, expect_status, moment, now_right, still_right
from graders.client import Answer, Request
from graders.dataset import SHAPES, WINDOW
from graders.differential import generated
from graders.failure import Failure, after, among, asked_of, shown
from graders.generated import analytics as generated_analytics
from graders.model import Budget, Bug, Evidence
from graders.service import Service
from graders.trial import Trial

BUG = Bug(
    slug="unstable-cache",
    title="Unstable cache",
    symptom="Analytics take two seconds and then fail.",
    points=35,
    budget=Budget(allowance=4, baseline=17),
    work="20 callers of one cached answer",
)

LAG_SECONDS = 1.0
QUICK, SLOW = 2, 4
"""So many tries without a lag are enough; so many with one are too many."""
CALLERS = 20


def answers(trial: Trial) -> None:
    """A 200 with all fields, whose parts fit together."""
    path = analytics(trial, ANSWERS)
    body = trial.record(path)
    asked = f"GET {path}"
    expect(body, {"product_id": trial.data.popular[ANSWERS]}, "the answer", asked=asked)
    moment(body.get("window_start"), "window_start", asked)
    by_day = body.get("views_by_day")
    if not isinstance(by_day, dict) or not all(isinstance(n, int) for n in by_day.values()):
        raise Failure(
            "views_by_day is no object of counts by date",
            asked=asked,
            expected='such as {"2026-03-14": 3}',
            actual=shown(by_day),
        )
    total = body.get("views")
    expect(sum(by_day.values()), total, "the sum of views_by_day", "It must be what views says.", asked)


def answers_at_once(trial: Trial) -> None:
    """Twenty first answers at once, for as many products, lag the reference's by less than a second.

    Twice, before they lag four times, each time for other products: a sleep shows every time, a busy machine
    does not.
    """
    lags: list[float] = []
    while sum(lag <= LAG_SECONDS for lag in lags) < QUICK:
        first = SHAPES + 100 + len(lags) * CALLERS
        requests = [Request(f"/products/{i}/analytics") for i in trial.ids[first : first + CALLERS]]
        mine = trial.reference.ask_at_once(requests, trial.limits.answer)
        lags.append(max(a.seconds for a in trial.burst(requests)) - max(a.seconds for a in mine))
        if sum(lag > LAG_SECONDS for lag in lags) == SLOW:
            raise Failure(
                "the first answer for a product makes its caller wait",
                asked=f"{asked_of(requests[0])} and {CALLERS - 1} other products at once, for the first time",
                expected="an answer within a second",
                actual=f"{statistics.median(lags):.1f} s more than the work takes",
                help="Nothing has to be waited for: views are in the database as soon as they are recorded.",
            )


def many_at_once_are_right(trial: Trial) -> None:
    """Twenty first callers of one product all get an answer."""
    path, product_id = analytics(trial, COLD), trial.data.popular[COLD]
    answers = trial.burst([Request(path)] * CALLERS)
    with among(f"{CALLERS} at once"):
        for answer in answers:
            expect_figures(trial, product_id, trial.object_in(path, answer))


def others_answer_meanwhile(trial: Trial) -> None:
    """`/health` and the list are not held up by what twenty more new analytics leave running."""
    others, waits = answering(trial), []
    for nth in range(2):
        first = SHAPES + 200 + nth * CALLERS
        requests = [Request(f"/products/{i}/analytics") for i in trial.ids[first : first + CALLERS]]
        waits.append(_wait_behind(requests, others, trial.burst))
        ask = functools.partial(trial.reference.ask_at_once, seconds=trial.limits.answer)
        if waits[-1] <= LAG_SECONDS or waits[-1] <= 2 * _wait_behind(requests, others, ask):
            return
    raise Failure(
        f"{named(others)} wait for the analytics",
        asked=f"many analytics, {CALLERS} at once, each of another product, then {named(others)}",
        expected="an answer within a second",
        actual=f"{min(waits):.1f} s at best in {len(waits)} tries",
        help="Do they leave threads busy, or the event loop, when they have long been answered?",
    )


def _wait_behind(
    requests: Sequence[Request], others: Sequence[Request], ask: Callable[[Sequence[Request]], list[Answer]]
) -> float:
    """Seconds until all others have answered that are asked once these are done."""
    ask(requests)
    return max(answer.seconds for answer in ask(others))


def window_is_thirty_days(trial: Trial) -> None:
    asked = f"GET {analytics(trial, FIGURES)}"
    body = trial.record(analytics(trial, FIGURES))
    age = trial.now() - moment(body.get("window_start"), "window_start", asked)
    days = age.total_seconds() / 86_400
    if not WINDOW.days - 1 <= days <= WINDOW.days + 2:
        raise Failure(
            "the window is not the last 30 days",
            asked=asked,
            expected="a window_start 30 days ago",
            actual=f"{days:.1f} days ago",
        )


def products_are_told_apart(trial: Trial) -> None:
    """Two products in turn, a rare one among them, each get their own answer."""
    quiet, other = trial.ids[0], trial.data.popular[OTHER]
    for product_id in (other, quiet, other):
        expect_figures(trial, product_id, trial.record(f"/products/{product_id}/analytics"))


def unknown_product_is_404(trial: Trial) -> Iterator[float]:
    """And not for ever: a product that comes later is found once the TTL has passed."""
    later = trial.unused_id()
    for product_id in (trial.data.unknown, later):
        path = f"/products/{product_id}/analytics"
        expect_status(trial, path, 404, "A product that is not there is a 404, whatever else is asked.")
    trial.add("products", {"id": later, "name": "Later", "price": 1.5})
    yield TTL_SECONDS + GRACE_SECONDS
    with after(f"product {later} asked for, then stored, {TTL_SECONDS + GRACE_SECONDS:g} s waited"):
        trial.record(f"/products/{later}/analytics")


def generated_are_right(trial: Trial) -> None:
    generated_analytics.run(trial, expect_figures)


def warm_burst(trial: Trial, service: Service) -> list[Answer]:
    """Twenty callers of one product at once, whose answer is in the cache."""
    request = Request(f"/products/{trial.data.timed}/analytics")
    service.ask(request, trial.limits.answer)
    return service.ask_at_once([request] * CALLERS, trial.limits.answer)


def warm_burst_is_right(trial: Trial, answers: list[Answer]) -> None:
    path = f"/products/{trial.data.timed}/analytics"
    with among(f"{CALLERS} at once"):
        for body in {answer.body: trial.object_in(path, answer) for answer in answers}.values():
            expect_figures(trial, trial.data.timed, body)


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
            "at-once",
            "the first answer for a product comes at once",
            answers_at_once,
            needs="answers",
            since=2,
        ),
        still_right(
            "others",
            "/health and the list answer while analytics run",
            others_answer_meanwhile,
            needs="at-once",
            since=2,
        ),
        now_right(
            "agree", "several answers within two seconds agree", answers_agree, needs="answers", since=2
        ),
        now_right(
            "hit",
            "an answer from the cache looks at no view again",
            hits_recompute_nothing,
            needs="answers",
            since=2,
        ),
        now_right(
            "fresh", "no answer is older than two seconds", answers_are_fresh, needs="answers", since=2
        ),
        still_right(
            "figures",
            "figures are right for the window stated, from the cache too",
            figures_are_right,
            since=2,
        ),
        still_right("window", "the window is the last 30 days", window_is_thirty_days),
        still_right(
            "together",
            "twenty callers at once all get an answer, and the right one",
            many_at_once_are_right,
            since=2,
        ),
        still_right("own-answer", "each product gets its own answer", products_are_told_apart),
        still_right("unknown", "an unknown product is a 404", unknown_product_is_404),
        generated(generated_are_right, needs="at-once"),
    ),
    timed=Timed(warm_burst, warm_burst_is_right),
    evidence=evidence,
    waits=True,
    traced=lambda trial: Request(analytics(trial, TRACED)),
)
