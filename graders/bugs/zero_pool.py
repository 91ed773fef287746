"""zero-pool: reports run on no threads and no connections, and wait for neither."""

from __future__ import annotations

from graders.checks import Probe, Timed, expect, now_right, still_right
from graders.client import Answer, Request
from graders.dataset import CURRENCIES, SHAPES
from graders.model import Budget, Bug, Evidence
from graders.service import Service
from graders.trial import Failure, Trial

BUG = Bug(
    slug="zero-pool",
    title="Zero pool",
    symptom="Every report fails.",
    points=20,
    budget=Budget(allowance=2.5, baseline=7),
)

CALLERS = 32
CROWD = 50
"""The exercise promises as many."""
LIST = Request("/products?limit=10")
REFUSALS = 12
"""A pool of ten that loses a place with each of them answers nothing any more."""
SLOW_SECONDS = 0.5
"""No other route may take longer while reports run, unless the reports are done sooner."""


def report(product_id: int, currency: str = "EUR") -> str:
    return f"/products/{product_id}/report?currency={currency}"


def _products(trial: Trial, count: int) -> list[int]:
    return trial.ids[SHAPES : SHAPES + count]


def _reports(trial: Trial, count: int = CALLERS) -> list[Request]:
    return [Request(report(product_id, "USD")) for product_id in _products(trial, count)]


def one_answers(trial: Trial) -> None:
    trial.get(report(trial.ids[3]))


def many_answer(trial: Trial) -> None:
    requests = _reports(trial, CROWD)
    for request, answer in zip(requests, trial.burst(requests), strict=True):
        if answer.status != 200:
            raise Failure(
                f"of {CROWD} reports at once not all answer",
                expected="200 for each",
                actual=f"{answer.status} for {request.path}",
                help="Threads, connections and the wait go together: whoever finds none free must wait.",
            )
        trial.json_of(request.path, answer)


def figures_are_right(trial: Trial) -> None:
    for nth, product_id in enumerate(trial.ids[:12]):
        currency = CURRENCIES[nth % len(CURRENCIES)]
        path = report(product_id, currency)
        expect(trial.get(path), trial.oracle.report(product_id, currency), f"the answer to {path}")


def reports_are_current(trial: Trial) -> None:
    product_id = trial.ids[SHAPES + CROWD]
    trial.get(report(product_id))
    trial.add("product_costs", {"product_id": product_id, "label": "repair", "amount": 12.34})
    expect(
        trial.get(report(product_id)),
        trial.oracle.report(product_id, "EUR"),
        "the report, after a cost was stored a moment ago",
    )


def default_is_euro(trial: Trial) -> None:
    product_id = trial.ids[7]
    body = trial.get(f"/products/{product_id}/report")
    expect(body, trial.oracle.report(product_id, "EUR"), "the report without a currency")


def bad_requests_are_refused(trial: Trial) -> None:
    path = report(trial.data.unknown)
    for _ in range(REFUSALS):
        expect(trial.status(Request(path)), 404, f"the status of {path}")
    trial.get(report(trial.ids[0]))
    path = report(trial.ids[0], "XYZ")
    expect(trial.status(Request(path)), 422, f"the status of {path}")


def others_answer_meanwhile(trial: Trial) -> None:
    """`/health` and the list, asked right after 32 reports, do not queue behind them, once in three tries."""
    others = [Request("/health")]
    if trial.status(LIST) == 200:  # where the list is down anyway, it does not wait for reports
        others.append(LIST)
    waits = []
    for _ in range(3):
        waits.append(_wait_of(trial, others))
        seconds, until_done = waits[-1]
        if seconds <= SLOW_SECONDS or seconds < until_done / 2:
            return
    raise Failure(
        "/health and the list wait for the reports",
        expected="an answer while reports are still running",
        actual=f"{min(seconds for seconds, _ in waits):.2f} s",
        help="What waits inside an `async def` holds up every request: give reports threads of their own.",
    )


def _wait_of(trial: Trial, others: list[Request]) -> tuple[float, float]:
    """Seconds until all others have answered, and until the reports have."""
    reports = _reports(trial)
    with trial.open_burst([*reports, *others]) as burst:
        found = [burst.read(len(reports) + nth) for nth in range(len(others))]
        done = [burst.read(nth) for nth in range(len(reports))]
    for request, answer in zip(others, found, strict=True):
        trial.json_of(request.path, answer)
    return max(answer.seconds for answer in found), max(answer.seconds for answer in done)


def many_reports(trial: Trial, service: Service) -> list[Answer]:
    """32 reports asked for at once."""
    return service.ask_at_once(_reports(trial), trial.limits.answer)


def many_reports_are_right(trial: Trial, answers: list[Answer]) -> None:
    for product_id, answer in zip(_products(trial, CALLERS), answers, strict=True):
        path = report(product_id, "USD")
        expect(
            trial.json_of(path, answer),
            trial.oracle.report(product_id, "USD"),
            f"the answer to {path}",
        )


def evidence(trial: Trial) -> Evidence:
    alone = trial.ask(Request(report(trial.ids[SHAPES])))
    together = trial.burst(_reports(trial))
    return {
        "one_report_ms": round(1000 * alone.seconds, 1),
        "slowest_of_32_ms": round(1000 * max(answer.seconds for answer in together), 1),
    }


PROBE = Probe(
    bug=BUG,
    modules=("app/reports.py", "app/catalog.py"),  # the list must not wait for reports
    checks=(
        now_right("one", "a report answers", one_answers),
        now_right("many", "fifty reports at once all answer", many_answer, weight=2, needs="one"),
        still_right("figures", "every figure of a report is right, in every currency", figures_are_right),
        still_right("current", "a cost recorded a moment ago is in the report", reports_are_current),
        still_right("default", "without a currency a report is in euros", default_is_euro),
        still_right(
            "refused", "an unknown product is a 404, an unknown currency a 422", bad_requests_are_refused
        ),
        still_right("others", "/health and the list answer while reports run", others_answer_meanwhile),
    ),
    timed=Timed(many_reports, many_reports_are_right),
    evidence=evidence,
)
