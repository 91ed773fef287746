"""n-plus-one: the list of products asks the database twice more for every product."""

from __future__ import annotations

from typing import Any

from graders.checks import Probe, Timed, expect, now_right, still_right
from graders.client import Answer, Request
from graders.dataset import PAGE, POPULAR, SHAPES
from graders.model import Budget, Bug, Evidence
from graders.service import Service, Statements
from graders.trial import Failure, Trial

BUG = Bug(
    slug="n-plus-one",
    title="N+1 queries",
    symptom="The list of products crawls, the longer the page the more.",
    points=30,
    budget=Budget(allowance=10, baseline=25),
)

FEW = 10
CALLERS = 10
PRODUCTS_PER_STATEMENT = 25
"""Chunked IN lists are fine: one more statement for so many more products."""


def page(limit: int, offset: int = SHAPES) -> str:
    return f"/products?limit={limit}&offset={offset}"


def views_do_not_grow(trial: Trial) -> None:
    few, many = _counts(trial)
    _expect_no_growth("product_views", few.total - few.costs, many.total - many.costs)


def costs_do_not_grow(trial: Trial) -> None:
    few, many = _counts(trial)
    _expect_no_growth("product_costs", few.total - few.views, many.total - many.views)


def _counts(trial: Trial) -> tuple[Statements, Statements]:
    """For a short and a long page, each right after a view was stored, so that no cache answers for them.

    Whatever is not on the other child table counts: a database view or a table of totals hides nothing.
    """
    trial.get(page(FEW))
    found = []
    for limit in (FEW, PAGE):
        trial.add_view(trial.ids[SHAPES])
        found.append(trial.statements(page(limit)))
    return found[0], found[1]


def _expect_no_growth(table: str, few: int, many: int) -> None:
    if many - few > (PAGE - FEW) // PRODUCTS_PER_STATEMENT:
        raise Failure(
            f"{PAGE} products take more statements on {table} than {FEW} do",
            expected=f"about {few}",
            actual=str(many),
            help="Something in the loop over the products still asks the database: a lazy relationship?",
        )


def fields_are_right(trial: Trial) -> None:
    for limit, offset in ((SHAPES + 40, 0), (PAGE, SHAPES), (POPULAR, SHAPES + PAGE)):
        _expect_page(trial, trial.get(page(limit, offset)), limit, offset)


def _expect_page(trial: Trial, rows: Any, limit: int, offset: int) -> None:
    expected = trial.oracle.page(limit, offset)
    expect(rows, expected, f"the answer to {page(limit, offset)}", _known_mistake(rows, expected))


def _known_mistake(rows: Any, expected: list[dict[str, Any]]) -> str:
    """Name the classic mistake that makes rows look like these."""
    try:
        missing = {row["id"] for row in expected} - {row["id"] for row in rows}
        wanted = {row["id"]: row for row in expected}
        pairs = [(row, wanted[row["id"]]) for row in rows if row["id"] in wanted]
        multiplied = any(
            wants["views"] and got["views"] > wants["views"] and got["views"] % wants["views"] == 0
            for got, wants in pairs
        )
    except (TypeError, LookupError):
        return ""
    if multiplied:
        return "Sums are multiplied: two joins fan out each other. Aggregate each table before joining it."
    if missing:
        return (
            "Products are missing: an inner join drops those without children, or a limit cuts joined rows."
        )
    return ""


def pages_are_right(trial: Trial) -> None:
    total = len(trial.ids)
    default = [row.get("id") for row in trial.records("/products")]
    expect(default, trial.ids[:100], "the ids of the first hundred products")
    for limit, offset in ((7, 33), (1, total - 1), (50, total - 20), (10, total)):
        ids = [row.get("id") for row in trial.records(page(limit, offset))]
        expect(ids, trial.ids[offset : offset + limit], f"the ids of {page(limit, offset)}")
    for query in ("limit=1001", "limit=0", "offset=-1", "limit=ten"):
        expect(trial.status(Request(f"/products?{query}")), 422, f"the status of /products?{query}")


def list_is_current(trial: Trial) -> None:
    product_id = trial.ids[SHAPES + 1]
    trial.get(page(FEW))
    trial.get(page(PAGE))
    trial.add_view(product_id)
    _expect_current(trial, "a view", FEW, SHAPES)
    _expect_current(trial, "a view", PAGE, SHAPES)
    trial.add("product_costs", {"product_id": product_id, "label": "repair", "amount": 12.34})
    _expect_current(trial, "a cost", PAGE, SHAPES)
    trial.get(page(FEW, len(trial.ids) - 1))
    trial.add("products", {"id": trial.ids[-1] + 1, "name": "Latest", "price": 1.5})
    _expect_current(trial, "a product", FEW, len(trial.ids) - 1)


def _expect_current(trial: Trial, written: str, limit: int, offset: int) -> None:
    rows, expected = trial.get(page(limit, offset)), trial.oracle.page(limit, offset)
    stale = "The list is to be always current: an answer that is kept in memory grows stale."
    help = _known_mistake(rows, expected) or stale
    expect(rows, expected, f"the list, after {written} was stored a moment ago", help)


def many_at_once_are_right(trial: Trial) -> None:
    requests = [Request(page(50, 10 * nth)) for nth in range(CALLERS)]
    for nth, answer in enumerate(trial.burst(requests)):
        _expect_page(trial, trial.json_of(requests[nth].path, answer), 50, 10 * nth)


def full_page(trial: Trial, service: Service) -> list[Answer]:
    """A page of a thousand small products."""
    return [service.ask(Request(page(PAGE)), trial.limits.answer)]


def full_page_is_right(trial: Trial, answers: list[Answer]) -> None:
    for answer in answers:
        _expect_page(trial, trial.json_of(page(PAGE), answer), PAGE, SHAPES)


def evidence(trial: Trial) -> Evidence:
    counts = trial.statements(page(PAGE))
    return {
        "statements_per_request": counts.total,
        "on_product_views": counts.views,
        "on_product_costs": counts.costs,
    }


PROBE = Probe(
    bug=BUG,
    modules=("app/catalog.py",),
    checks=(
        now_right(
            "views-statements", "a longer page takes no more statements on product_views", views_do_not_grow
        ),
        now_right(
            "costs-statements", "a longer page takes no more statements on product_costs", costs_do_not_grow
        ),
        still_right(
            "fields",
            "every field of every product is right, with no, one or several views and costs",
            fields_are_right,
        ),
        still_right("pages", "order, limit and offset are kept", pages_are_right),
        still_right(
            "current", "a view, a cost, a product recorded a moment ago is in the list", list_is_current
        ),
        still_right("at-once", "ten lists at once are all right", many_at_once_are_right),
    ),
    timed=Timed(full_page, full_page_is_right),
    evidence=evidence,
)
