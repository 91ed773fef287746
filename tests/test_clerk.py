"""graders/inside/clerk.py, by way of graders/clerk.py."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from graders.clerk import Clerk
from graders.client import Unanswered

TABLE = (
    "CREATE TABLE product_views (id INTEGER PRIMARY KEY, product_id INTEGER, user_id INTEGER, viewed_at TEXT)"
)
ROW = {"product_id": 5, "user_id": 7, "viewed_at": "2026-03-14 15:09:26"}


@pytest.fixture
def clerk(tmp_path: Path) -> Iterator[Clerk]:
    with contextlib.closing(sqlite3.connect(tmp_path / "shop.db")) as db:
        db.executescript(
            f"""{TABLE};
            CREATE TABLE mine (id INTEGER);
            CREATE VIEW counts AS SELECT count(*) FROM product_views;
            CREATE VIEW both AS SELECT * FROM counts, product_costs;"""
        )
    with contextlib.closing(Clerk(tmp_path)) as clerk:
        yield clerk


def test_rows_are_written_and_read_back(clerk: Clerk) -> None:
    clerk.call("insert", "product_views", [ROW, {**ROW, "product_id": 6}])
    assert clerk.call("views_of", 5) == [[1, 7, "2026-03-14 15:09:26"]]


def test_views_are_found_with_what_they_read(clerk: Clerk) -> None:
    assert clerk.call("views") == {"counts": ["product_views"], "both": ["product_costs", "product_views"]}


def test_a_refusal_is_told(clerk: Clerk) -> None:
    with pytest.raises(Unanswered, match="no such table"):
        clerk.call("insert", "nowhere", [{"id": 1}])


def test_a_clerk_that_is_gone_is_told(clerk: Clerk) -> None:
    clerk.close()
    with pytest.raises(Unanswered, match="could not be reached"):
        clerk.call("views")
