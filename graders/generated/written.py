"""Rows that are stored between generated requests, drawn or by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from graders.dataset import stamp
from graders.differential import Write
from graders.grammar import Grammar, either, pick, record, whole
from graders.trial import Trial

NAMES = ("Plain", "Größe 7 · 東京", "<b>Bold</b>", 'O\'Brien "quoted"')
AGES = (0, 29, 31, 400)
"""Of views, in days."""


def view(ids: Sequence[int]) -> Grammar:
    """A view of one of these products."""
    return record(view=pick(*ids), user=whole(1, 300), days=pick(*AGES))


def cost(ids: Sequence[int]) -> Grammar:
    """A cost of one of these products, of a cent or more."""
    return record(cost=pick(*ids), cents=either(whole(1, 999), whole(1, 9_999_999)))


def product() -> Grammar:
    """A new product, after all others."""
    return record(product=pick(*NAMES), cents=whole(99, 99_999))


def meant(trial: Trial, drawn: dict[str, Any]) -> Write:
    """The row of a drawn view, cost or product."""
    if "view" in drawn:
        viewed_at = stamp(trial.now() - timedelta(days=drawn["days"]))
        row = {"product_id": drawn["view"], "user_id": drawn["user"], "viewed_at": viewed_at}
        return Write("product_views", row, f"a view of product {drawn['view']} is stored")
    if "cost" in drawn:
        row = {"product_id": drawn["cost"], "label": "repair", "amount": drawn["cents"] / 100}
        return Write("product_costs", row, f"a cost of product {drawn['cost']} is stored")
    row = {"id": trial.unused_id(), "name": drawn["product"], "price": drawn["cents"] / 100}
    return Write("products", row, f"product {row['id']} is stored")
