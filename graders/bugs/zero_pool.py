"""zero-pool: reports run on no threads and no connections, and wait for neither."""

from __future__ import annotations

from typing import Any

from graders.bugs.meanwhile import answering, named
from graders.checks import Probe, Timed, expect, expect_status, now_right, still_right
from graders.client import Answer, Request
from graders.dataset import CURRENCIES, SHAPES
from graders.differential import generated
from graders.failure import Failure, after, among
from graders.generated import reports
from graders.model import Budget, Bug, Evidence
from graders.service import Service
from graders.trial import Trial

BUG = Bug(
    slug="zero-pool",
    title="Zero pool",
    symptom="Every report fails.",
    points=20,
    budget=Budget(allowance=2.5, baseline=7),
    work="32 reports at once",
)

CALLERS = 32
CROWD = 50
"""The exercise promises as many."""
REFUSALS = 12
"""A pool of ten that loses a place with each of them answers nothing any more."""
CROWDED = "Threads, connections and the wait go together: whoever finds none free must wait."
SLOW_SECONDS = 0.5
"""No other route may take longer while reports run, unless the reports are done sooner."""


def report(product_id: int, currency: str = "EUR") -> str:
    return f"/products/{product_id}/report?currency={currency}"


def _products(trial: Trial, count: int) -> list[int]:
    return trial.ids[SHAPES : SHAPES + count]


def _reports(trial: Trial, count: int = CALLERS) -> list[Request]:
    return [Request(report(product_id, "USD")) for product_id in _products(trial, count)]


def one_answers(trial: Trial) -> None:
    trial.get(report(trial.ids[2]))  # one that has costs, whatever the seed


def many_answer(trial: Trial) -> None:
    requests = _reports(trial, CROWD)
    answers = trial.burst(requests)
    refused = sum(answer.status != 200 for answer in answers)
    with among(f"{CROWD} at once, {refused} of them refused"):
        _expect_all(trial, requests, answers)


def _expect_all(trial: Trial, requests: list[Request], answers: list[Answer]) -> None:
    for request, answer in zip(requests, answers, strict=True):
        trial.expect_status(request, answer, 200, CROWDED)
        trial.json_of(request, answer)


def figures_are_right(trial: Trial) -> None:
    """Two products of each shape, one after the other, and not both in one currency."""
    for nth, product_id in enumerate(trial.ids[:8]):
        path = report(product_id, CURRENCIES[(nth + nth // 4) % len(CURRENCIES)])
        _expect_report(trial, path, trial.get(path), product_id, path.rpartition("=")[2])


def _expect_report(trial: Trial, path: str, body: Any, product_id: int, currency: str) -> None:
    expect(body, trial.oracle.report(product_id, currency), "the report", asked=f"GET {path}")


def reports_are_current(trial: Trial) -> None:
    product_id = trial.ids[SHAPES + CROWD]
    path = report(product_id)
    before = trial.get(path)
    trial.add("product_costs", {"product_id": product_id, "label": "repair", "amount": 12.34})
    with after(f"a cost of product {product_id} stored"):
        _expect_current(trial, product_id, before)


def _expect_current(trial: Trial, product_id: int, before: Any) -> None:
    """The report, which must be right and not the one from before something was stored."""
    body, expected = trial.get(report(product_id)), trial.oracle.report(product_id, "EUR")
    help = "The answer is the one from before: a report that is kept grows stale." if body == before else ""
    expect(body, expected, "the report", help, f"GET {report(product_id)}")


def default_is_euro(trial: Trial) -> None:
    product_id = trial.ids[7]
    path = f"/products/{product_id}/report"
    _expect_report(trial, path, trial.get(path), product_id, "EUR")


def bad_requests_are_refused(trial: Trial) -> None:
    path = report(trial.data.unknown)
    for _ in range(REFUSALS):
        expect_status(trial, path, 404, "A product that is not there is a 404, whatever else is asked.")
    with after(f"{REFUSALS} reports of product {trial.data.unknown}, which is not there"):
        trial.get(report(trial.ids[0]))
    expect_status(trial, report(trial.ids[0], "XYZ"), 422, "Only EUR, USD, GBP and CHF are currencies here.")


def others_answer_meanwhile(trial: Trial) -> None:
    """`/health` and the list, asked right after 32 reports, do not queue behind them, once in three tries."""
    others = answering(trial)
    waits = []
    for _ in range(3):
        waits.append(_wait_of(trial, others))
        seconds, until_done = waits[-1]
        if seconds <= SLOW_SECONDS or seconds < until_done / 2:
            return
    raise Failure(
        f"{named(others)} wait for the reports",
        asked=f"{CALLERS} reports at once, then {named(others)}",
        expected=f"an answer within {SLOW_SECONDS:g} s, while reports are still running",
        actual=f"{min(seconds for seconds, _ in waits):.2f} s at best in {len(waits)} tries",
        help="What waits inside an `async def` holds up every request: give reports threads of their own.",
    )


def _wait_of(trial: Trial, others: list[Request]) -> tuple[float, float]:
    """Seconds until all others have answered, and until the reports have."""
    reports = _reports(trial)
    with trial.open_burst([*reports, *others]) as burst:
        found = [burst.read(len(reports) + nth) for nth in range(len(others))]
        done = [burst.read(nth) for nth in range(len(reports))]
    for request, answer in zip(others, found, strict=True):
        with after(f"{CALLERS} reports at once"):
            trial.json_of(request, answer)
    return max(answer.seconds for answer in found), max(answer.seconds for answer in done)


def many_reports(trial: Trial, service: Service) -> list[Answer]:
    """32 reports asked for at once."""
    return service.ask_at_once(_reports(trial), trial.limits.answer)


def many_reports_are_right(trial: Trial, answers: list[Answer]) -> None:
    for product_id, answer in zip(_products(trial, CALLERS), answers, strict=True):
        path = report(product_id, "USD")
        with among(f"{CALLERS} at once"):
            _expect_report(trial, path, trial.json_of(path, answer), product_id, "USD")


def evidence(trial: Trial) -> Evidence:
    alone = trial.ask(Request(report(trial.ids[SHAPES])))
    return {"one_report_ms": round(1000 * alone.seconds, 1)}


PROBE = Probe(
    bug=BUG,
    modules=("app/reports.py", "app/catalog.py"),  # the list must not wait for reports
    checks=(
        now_right("one", "a report answers", one_answers),
        now_right("many", "fifty reports at once all answer", many_answer, weight=2, needs="one", since=2),
        still_right("figures", "every figure of a report is right, in every currency", figures_are_right),
        still_right("current", "a cost recorded a moment ago is in the report", reports_are_current),
        still_right("default", "without a currency a report is in euros", default_is_euro),
        still_right(
            "refused", "an unknown product is a 404, an unknown currency a 422", bad_requests_are_refused
        ),
        still_right("others", "/health and the list answer while reports run", others_answer_meanwhile),
        generated(reports.run, needs="many"),
    ),
    timed=Timed(many_reports, many_reports_are_right),
    evidence=evidence,
    traced=lambda trial: Request(report(trial.ids[0], "USD")),
)
