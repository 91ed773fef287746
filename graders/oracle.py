"""Right answers, computed with plain SQL on the grader's own copy of the data."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

from graders.dataset import DataSet, Row, stamp

SCHEMA = """
CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT, price REAL);
CREATE TABLE product_views (id INTEGER PRIMARY KEY, product_id INTEGER, user_id INTEGER, viewed_at TEXT);
CREATE TABLE product_costs (id INTEGER PRIMARY KEY, product_id INTEGER, label TEXT, amount REAL);
CREATE INDEX views_of_product ON product_views (product_id);
CREATE INDEX costs_of_product ON product_costs (product_id);
"""


class Oracle:
    """What the service should answer, as plain values."""

    def __init__(self, data: DataSet) -> None:
        self._rates = data.rates
        self._db = sqlite3.connect(":memory:")
        self._db.executescript(SCHEMA)
        self._insert("products", data.products)
        self._insert("product_views", data.views)
        self._insert("product_costs", data.costs)

    def close(self) -> None:
        """Forget the data."""
        self._db.close()

    def _insert(self, table: str, rows: list[Row]) -> None:
        columns = list(rows[0])
        marks = ", ".join(f":{column}" for column in columns)
        self._db.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)

    def add(self, table: str, row: Row) -> None:
        """Know of a row that was stored while the service runs."""
        self._insert(table, [row])

    def count(self) -> int:
        """How many products there are."""
        (count,) = self._db.execute("SELECT count(*) FROM products").fetchone()
        return int(count)

    def page(self, limit: int = 100, offset: int = 0) -> list[Row]:
        """Products in id order with `views` and `total_cost` over all time."""
        rows = self._db.execute(
            """SELECT id, name, price,
                      (SELECT count(*) FROM product_views WHERE product_id = products.id),
                      (SELECT total(amount) FROM product_costs WHERE product_id = products.id)
               FROM products ORDER BY id LIMIT ? OFFSET ?""",
            (limit, offset),
        )
        return [dict(zip(("id", "name", "price", "views", "total_cost"), row, strict=True)) for row in rows]

    def analytics(self, product_id: int, window_start: datetime) -> dict[str, Any]:
        """The views of one product since `window_start`, a naive UTC time."""
        where = "WHERE product_id = ? AND viewed_at >= ?"
        key = (product_id, stamp(window_start))
        views, viewers = self._db.execute(
            f"SELECT count(*), count(DISTINCT user_id) FROM product_views {where}", key
        ).fetchone()
        by_day = self._db.execute(
            f"SELECT date(viewed_at), count(*) FROM product_views {where} GROUP BY 1", key
        )
        return {
            "product_id": product_id,
            "views": views,
            "unique_viewers": viewers,
            "views_by_day": dict(by_day.fetchall()),
        }

    def report(self, product_id: int, currency: str) -> dict[str, Any]:
        """The costs of one product in another currency, in id order."""
        rate = self._rates[currency]
        (name,) = self._db.execute("SELECT name FROM products WHERE id = ?", (product_id,)).fetchone()
        costs = self._db.execute(
            "SELECT label, amount FROM product_costs WHERE product_id = ? ORDER BY id", (product_id,)
        ).fetchall()
        return {
            "product_id": product_id,
            "name": name,
            "currency": currency,
            "rate": rate,
            "total_cost": sum(amount for _, amount in costs) * rate,
            "lines": [{"label": label, "amount": amount * rate} for label, amount in costs],
        }
