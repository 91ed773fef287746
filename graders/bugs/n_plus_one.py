"""n-plus-one: the list of products asks the database twice more for every product."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graders.checks import Probe, Timed, expect, expect_status, now_right, still_right
from graders.client import Answer, Request
from graders.dataset import PAGE, POPULAR, SHAPES, Row
from graders.differential import generated
from graders.failure import Failure, after, among
from graders.generated import pages
from graders.model import Budget, Bug, Evidence
from graders.service import Service, Statements
from graders.trial import Trial

BUG = Bug(
    slug="n-plus-one",
    title="N+1 queries",
    symptom="The list of products crawls, the longer the page the more.",
    points=30,
    budget=Budget(allowance=12, baseline=25),
    work="a page of 1000 products",
)

FEW = 10
CALLERS = 10
SHORT, LONG = 50, 500
"""Products of the pages that are asked for at once."""
TRACED = 50
STALE = "The answer is the one from before: what is kept in memory grows stale."
PRODUCTS_PER_STATEMENT = 25
"""Chunked IN lists are fine: one more statement for so many more products."""
LAZY = "Something in the loop over the products still asks the database: a lazy relationship?"
LAZY_WHERE_EMPTY = "Products without views or costs still ask the database, one by one."


def page(limit: int, offset: int = SHAPES) -> str:
    return f"/products?limit={limit}&offset={offset}"


def views_do_not_grow(trial: Trial) -> None:
    _expect_no_growth(trial, lambda count: count.total - count.costs)


def costs_do_not_grow(trial: Trial) -> None:
    _expect_no_growth(trial, lambda count: count.total - count.views)


def _expect_no_growth(trial: Trial, relevant: Callable[[Statements], int]) -> None:
    """Neither a page of many products alike takes more statements than a short one, nor one of every shape.

    What is `relevant` is all that is not on the other child table: a database view or a table of totals hides
    nothing.
    """
    trial.get(page(FEW))
    few = relevant(_count(trial, page(FEW)))
    for limit, offset in ((PAGE, SHAPES), (SHAPES, 0)):
        many = relevant(_count(trial, page(limit, offset)))
        allowed = (limit - FEW) // PRODUCTS_PER_STATEMENT
        if many - few > allowed:
            raise Failure(
                "the statements grow with the products",
                asked=f"GET {page(FEW)}, then {page(limit, offset)}, each right after a view was stored",
                expected=f"at most {allowed} more for {limit} products than for {FEW}",
                actual=f"{few} statements for {FEW} products and {many} for {limit}",
                help=LAZY if offset else LAZY_WHERE_EMPTY,
            )


def _count(trial: Trial, path: str) -> Statements:
    """Of one page, right after a view was stored, so that no cache answers."""
    trial.add_view(trial.ids[SHAPES])
    return trial.statements(path)


def fields_are_right(trial: Trial) -> None:
    for limit, offset in ((SHAPES + 40, 0), (PAGE, SHAPES), (POPULAR, SHAPES + PAGE)):
        _expect_page(trial, trial.get(page(limit, offset)), limit, offset)


def _expect_page(trial: Trial, rows: Any, limit: int, offset: int) -> None:
    expect(rows, trial.oracle.page(limit, offset), "the list", asked=f"GET {page(limit, offset)}")


def pages_are_right(trial: Trial) -> None:
    total = trial.oracle.count()
    _expect_ids(trial, "/products", 100, 0)
    for limit, offset in ((7, 33), (1, total - 1), (50, total - 20), (10, total)):
        _expect_ids(trial, page(limit, offset), limit, offset)
    for query in ("limit=1001", "limit=0", "offset=-1", "limit=ten"):
        expect_status(trial, f"/products?{query}", 422, "FastAPI refuses what the parameter's type excludes.")


def _expect_ids(trial: Trial, path: str, limit: int, offset: int) -> None:
    expected = [{"id": row["id"]} for row in trial.oracle.page(limit, offset)]
    expect(trial.records(path), expected, "the list", asked=f"GET {path}")


def list_is_current(trial: Trial) -> None:
    product_id, last, new = trial.ids[SHAPES + 1], len(trial.ids) - 1, trial.ids[-1] + 1
    before = {}
    for limit in (FEW, PAGE):  # one by one: what is kept for a second only must not be over in between
        rows = trial.get(page(limit))
        trial.add_view(product_id)
        with after(f"a view of product {product_id} stored"):
            before[limit] = _expect_current(trial, rows, limit, SHAPES)
    trial.add("product_costs", {"product_id": product_id, "label": "repair", "amount": 12.34})
    with after(f"a cost of product {product_id} stored"):
        for limit, rows in before.items():
            _expect_current(trial, rows, limit, SHAPES)
    rows = trial.get(page(FEW, last))
    trial.add("products", {"id": new, "name": "Latest", "price": 1.5})
    with after(f"product {new} stored"):
        _expect_current(trial, rows, FEW, last)


def _expect_current(trial: Trial, before: Any, limit: int, offset: int) -> Any:
    """The rows of a page, which must be right and not those from before something was stored."""
    rows, expected = trial.get(page(limit, offset)), trial.oracle.page(limit, offset)
    stale = rows == before and _begins(rows, expected)
    expect(rows, expected, "the list", STALE if stale else "", f"GET {page(limit, offset)}")
    return rows


def _begins(rows: Any, expected: list[Row]) -> bool:
    """Whether rows are of the first of these products, so that only what is stored later can be missing."""
    return bool(rows) and [row["id"] for row in rows] == [row["id"] for row in expected][: len(rows)]


def many_at_once_are_right(trial: Trial) -> None:
    """Pages of any length, some of them so long that the others come while they are read."""
    asked = [(LONG if nth % 4 == 0 else SHORT, 10 * nth) for nth in range(CALLERS)]
    requests = [Request(page(limit, offset)) for limit, offset in asked]
    answers = trial.burst(requests)
    with among(f"{CALLERS} at once"):
        for request, answer, (limit, offset) in zip(requests, answers, asked, strict=True):
            _expect_page(trial, trial.json_of(request, answer), limit, offset)


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
            "views-statements",
            "a longer page takes no more statements on product_views",
            views_do_not_grow,
            since=2,
        ),
        now_right(
            "costs-statements",
            "a longer page takes no more statements on product_costs",
            costs_do_not_grow,
            since=2,
        ),
        still_right(
            "fields",
            "every field of every product is right, with no, one or several views and costs",
            fields_are_right,
        ),
        still_right("pages", "order, limit and offset are kept", pages_are_right),
        still_right(
            "current",
            "a view, a cost, a product recorded a moment ago is in the list",
            list_is_current,
            since=2,
        ),
        still_right("at-once", "ten lists at once are all right", many_at_once_are_right, since=2),
        generated(pages.run),
    ),
    timed=Timed(full_page, full_page_is_right),
    evidence=evidence,
    traced=lambda trial: Request(page(TRACED)),
)
