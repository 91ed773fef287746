"""The hidden data of one grade, generated from a seed; pure.

In id order: products of every shape (without views, without costs, with several of both), then a
page of a thousand alike, small ones that is timed, then a few that are viewed a lot, many times
right around the edge of the last thirty days, and at the end spare ones that only get what a check
writes. Ids have gaps, amounts have cents.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Row = dict[str, Any]

SHAPES = 60
PAGE = 1000
POPULAR = 16
SPARE = 4
TIMED_VIEWS = 6000
WINDOW = timedelta(days=30)
CURRENCIES = ("EUR", "USD", "GBP", "CHF")


@dataclass(frozen=True)
class DataSet:
    """Rows of the three tables by column name, the rates, and which products serve for what."""

    products: list[Row]
    views: list[Row]
    costs: list[Row]
    rates: dict[str, float]
    timed: int
    popular: tuple[int, ...]
    spare: tuple[int, ...]
    unknown: int

    def ids(self) -> list[int]:
        """All product ids, ascending."""
        return [row["id"] for row in self.products]


def stamp(moment: datetime) -> str:
    """A naive UTC time as SQLAlchemy stores it in SQLite."""
    return moment.isoformat(" ", "microseconds")


def generate(seed: int, now: datetime) -> DataSet:
    """Data around `now`, a naive UTC time: the same seed gives the same shop."""
    rng = random.Random(seed)
    ids = _ids(rng, SHAPES + PAGE + POPULAR + SPARE)
    products = [_product(rng, product_id) for product_id in ids]
    sizes = [*_shapes(rng), *[(2, 2)] * PAGE]
    views, costs = [], []
    for product_id, (view_count, cost_count) in zip(ids, sizes, strict=False):
        views += [_view(rng, product_id, now - _age(rng)) for _ in range(view_count)]
        costs += [_cost(rng, product_id, nth) for nth in range(cost_count)]
    views += _repeated(views, products[:SHAPES])
    costs += _repeated(costs, products[:SHAPES])
    timed, *popular = ids[-POPULAR - SPARE : -SPARE]
    views += [_view(rng, timed, now - _age(rng, days=29)) for _ in range(TIMED_VIEWS)]
    for product_id in popular:
        views += [_view(rng, product_id, now - age) for age in _around_the_edge(rng)]
    rng.shuffle(views)
    rng.shuffle(costs)
    rates = {name: 1.0 if name == "EUR" else rng.randrange(7000, 14000) / 10000 for name in CURRENCIES}
    return DataSet(
        products=products,
        views=views,
        costs=costs,
        rates=rates,
        timed=timed,
        popular=tuple(popular),
        spare=tuple(ids[-SPARE:]),
        unknown=ids[-1] + rng.randrange(7, 99),
    )


def _ids(rng: random.Random, count: int) -> list[int]:
    ids = [rng.randrange(2, 40)]
    while len(ids) < count:
        ids.append(ids[-1] + rng.choice((1, 1, 1, 2, 3, 7)))
    return ids


def _shapes(rng: random.Random) -> Iterator[tuple[int, int]]:
    """Views and costs per product: each may be none, one or several."""
    for nth in range(SHAPES // 4):
        yield 0, rng.randrange(1, 6)
        yield rng.randrange(1, 9), 0
        yield rng.randrange(2, 9), rng.randrange(2, 6)
        yield (30, 25) if nth == 1 else rng.choice(((0, 0), (1, 1), (12, 7)))


def _repeated(rows: list[Row], products: list[Row]) -> list[Row]:
    """Every third row of these products once more: the same user, the same amount, and still two."""
    ids = {product["id"] for product in products}
    return [dict(row) for row in rows if row["product_id"] in ids][::3]


def _product(rng: random.Random, product_id: int) -> Row:
    word = "".join(rng.choices("abcdefghijklmnoprstuvwz", k=6)).title()
    return {"id": product_id, "name": f"{word} {product_id}", "price": rng.randrange(99, 90_000) / 100}


def _view(rng: random.Random, product_id: int, viewed_at: datetime) -> Row:
    return {"product_id": product_id, "user_id": rng.randrange(1, 300), "viewed_at": stamp(viewed_at)}


def _cost(rng: random.Random, product_id: int, nth: int) -> Row:
    label = ("material", "freight", "packaging", "customs", "storage")[nth % 5]
    return {"product_id": product_id, "label": label, "amount": rng.randrange(1, 90_000) / 100}


def _age(rng: random.Random, days: int = 4000) -> timedelta:
    return timedelta(seconds=rng.uniform(60, days * 86_400))


def _around_the_edge(rng: random.Random) -> Iterator[timedelta]:
    """Ages of views: some every day, and a dense run across the opening of the window.

    The run reaches from 90 s before it to five minutes after, longer than a grade may lag behind `now`: in
    any 0.75 s at least one view leaves the window. Beyond it, one every ten minutes covers windows that open
    up to two days early or late.
    """
    yield from (_age(rng, days=60) for _ in range(150))
    yield from (WINDOW + timedelta(seconds=90 - 0.5 * nth + rng.uniform(0, 0.25)) for nth in range(780))
    yield from (WINDOW + timedelta(minutes=10 * nth + rng.uniform(0, 9)) for nth in range(-144, 288))
