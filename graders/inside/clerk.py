"""The clerk: writes rows and reads them back for the grader, which never opens a submission's database.

`clerk.py DATABASE`: one JSON command a line on standard input, one JSON answer a line on standard
output, `{"ok": ...}` or `{"error": "..."}`; ends with its input. Runs as `python -I -S`.
"""

from __future__ import annotations

import json
import re
import sqlite3
import sys
from collections.abc import Callable
from typing import Any

Row = dict[str, Any]

TABLES = ("products", "product_views", "product_costs")


def insert(db: sqlite3.Connection, table: str, rows: list[Row]) -> None:
    columns = list(rows[0])
    marks = ", ".join(f":{column}" for column in columns)
    db.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)


def views_of(db: sqlite3.Connection, product_id: int) -> list[Any]:
    sql = "SELECT id, user_id FROM product_views WHERE product_id = ? ORDER BY id"
    return db.execute(sql, (product_id,)).fetchall()


def additions(db: sqlite3.Connection) -> dict[str, list[str]]:
    """Tables and views that the exercise has not, each with the child tables that it reads."""
    rows = db.execute("SELECT name, type, sql FROM sqlite_master WHERE type IN ('table', 'view')").fetchall()
    views = {name: sql for name, kind, sql in rows if kind == "view"}
    return {name: sorted(_reads(name, views, set())) for name, _, _ in rows if name not in TABLES}


def _reads(name: str, views: dict[str, str], seen: set[str]) -> set[str]:
    """The child tables that a view reads, directly or through other views; none for a table."""
    if name not in views or name in seen:
        return set()
    words = set(re.findall(r"\w+", views[name]))
    through = [_reads(other, views, seen | {name}) for other in words & set(views)]
    return (words & set(TABLES[1:])).union(*through)


COMMANDS: dict[str, Callable[..., Any]] = {"insert": insert, "views_of": views_of, "additions": additions}


def answer(db: sqlite3.Connection, line: str) -> Row:
    name, *arguments = json.loads(line)
    try:
        with db:
            return {"ok": COMMANDS[name](db, *arguments)}
    except sqlite3.Error as error:
        return {"error": f"{type(error).__name__}: {error}"}


def main(database: str) -> None:
    db = sqlite3.connect(database, timeout=5)
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(db, line)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
