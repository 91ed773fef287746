"""graders/dataset.py and graders/oracle.py: hidden data whose edges catch wrong fixes, and its answers."""

from __future__ import annotations

import collections
import contextlib
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from graders import dataset
from graders.dataset import DataSet
from graders.oracle import Oracle

NOW = datetime(2026, 3, 14, 15, 9, 26)


@pytest.fixture(scope="module", params=[1, 2, 3])
def data(request: pytest.FixtureRequest) -> DataSet:
    return dataset.generate(request.param, NOW)


@pytest.fixture
def oracle(data: DataSet) -> Iterator[Oracle]:
    with contextlib.closing(Oracle(data)) as oracle:
        yield oracle


def counts(rows: list[dataset.Row]) -> collections.Counter[int]:
    return collections.Counter(row["product_id"] for row in rows)


def test_the_same_seed_gives_the_same_data_and_another_one_other_data() -> None:
    assert dataset.generate(1, NOW) == dataset.generate(1, NOW)
    assert dataset.generate(1, NOW).products != dataset.generate(2, NOW).products


def test_ids_ascend_with_gaps(data: DataSet) -> None:
    ids = data.ids()
    assert ids == sorted(set(ids))
    assert ids[-1] - ids[0] > len(ids)
    assert data.unknown not in ids


def test_every_shape_of_product_occurs(data: DataSet) -> None:
    views, costs = counts(data.views), counts(data.costs)
    shapes = {(min(views[i], 2), min(costs[i], 2)) for i in data.ids()}
    assert {(0, 2), (2, 0), (2, 2), (1, 1), (0, 0)} <= shapes


def test_the_timed_page_holds_small_products_only(data: DataSet) -> None:
    views, costs = counts(data.views), counts(data.costs)
    page = data.ids()[dataset.SHAPES : dataset.SHAPES + dataset.PAGE]
    assert {(views[i], costs[i]) for i in page} == {(2, 2)}


def test_the_edge_of_the_window_is_dense(data: DataSet) -> None:
    edge = NOW - dataset.WINDOW
    for product_id in data.popular:
        near = [
            row
            for row in data.views
            if row["product_id"] == product_id
            and abs(datetime.fromisoformat(row["viewed_at"]) - edge) < timedelta(seconds=60)
        ]
        assert len(near) > 60


def test_nothing_lies_in_the_future(data: DataSet) -> None:
    assert max(row["viewed_at"] for row in data.views) < dataset.stamp(NOW)


def test_amounts_have_cents(data: DataSet) -> None:
    assert any(round(row["amount"] * 100) % 100 for row in data.costs)


def test_the_oracle_counts_and_sums_as_python_does(data: DataSet, oracle: Oracle) -> None:
    views, costs = counts(data.views), dict.fromkeys(data.ids(), 0.0)
    for row in data.costs:
        costs[row["product_id"]] += row["amount"]
    for row in oracle.page(200, 10):
        assert row["views"] == views[row["id"]]
        assert row["total_cost"] == pytest.approx(costs[row["id"]])


def test_the_oracle_opens_the_window_where_it_is_told(data: DataSet, oracle: Oracle) -> None:
    start = NOW - timedelta(days=30)
    product_id = data.popular[0]
    mine = [row for row in data.views if row["product_id"] == product_id]
    recent = [row for row in mine if row["viewed_at"] >= dataset.stamp(start)]
    answer = oracle.analytics(product_id, start)
    assert answer["views"] == len(recent) == sum(answer["views_by_day"].values())
    assert answer["unique_viewers"] == len({row["user_id"] for row in recent})
    assert 0 < len(recent) < len(mine)


def test_the_oracle_counts_a_view_that_came_later(data: DataSet, oracle: Oracle) -> None:
    before = oracle.page(1)[0]["views"]
    oracle.add("product_views", {"product_id": data.ids()[0], "user_id": 1, "viewed_at": dataset.stamp(NOW)})
    assert oracle.page(1)[0]["views"] == before + 1


def test_the_oracle_converts_a_report(data: DataSet, oracle: Oracle) -> None:
    product_id = next(i for i in data.ids() if counts(data.costs)[i] > 1)
    euro, dollar = (oracle.report(product_id, currency) for currency in ("EUR", "USD"))
    assert dollar["total_cost"] == pytest.approx(euro["total_cost"] * data.rates["USD"])
    assert [line["label"] for line in dollar["lines"]] == [line["label"] for line in euro["lines"]]
