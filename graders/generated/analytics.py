"""Analytics, for unstable-cache: of products that no other check looks at, hits and misses in any order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graders.client import Request
from graders.dataset import SHAPES
from graders.differential import Ask, Example, Plan, explore
from graders.generated import products
from graders.grammar import Grammar, record, several
from graders.trial import Trial

POPULAR = slice(10, None)
"""Which of the popular products: these have views on both sides of the window's opening."""
SHAPED = slice(SHAPES - 24, SHAPES)
"""Which others: some have no views."""
AT_ONCE = 5

Figures = Callable[[Trial, int, dict[str, Any]], None]
"""Raises Failure unless the figures of an answer are those of a product, for the window that it states."""


def run(trial: Trial, expect_figures: Figures) -> None:
    """Explore analytics.

    The figures are the oracle's, since two services count from different moments on. Nothing is stored for
    these products: how long an answer may be kept is another check's matter.
    """

    def compare(ask: Ask, mine: Any, theirs: Any) -> None:
        expect_figures(trial, theirs["product_id"], mine)

    explore(trial, Plan(grammar(trial), _meant, compare))


def grammar(trial: Trial) -> Grammar:
    """Some at once, the same one twice now and then."""
    known = [*trial.data.popular[POPULAR], *trial.ids[SHAPED]]
    return several(record(product=products.product_id(trial, known)), 1, AT_ONCE)


def _meant(drawn: list[dict[str, Any]]) -> Example:
    return Example([], [_ask(**ask) for ask in drawn])


def _ask(product: object) -> Ask:
    return Ask(Request(f"/products/{product}/analytics"), products.refusals(product))
