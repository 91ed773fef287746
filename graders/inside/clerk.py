"""The clerk: writes rows and reads them back for the grader, which never opens a submission's database.

`clerk.py DATABASE`: one JSON command a line on standard input, one JSON answer a line on standard
output, `{"ok": ...}` or `{"error": "..."}`; ends with its input. Standard library only.
"""

from __future__ import annotations

import json
import re
import sqlite3
import sys
from collections.abc import Callable
from typing import Any

Row = dict[str, Any]

CHILD_TABLES = ("product_views", "product_costs")


def insert(db: sqlite3.Connection, table: str, rows: list[Row]) -> None:
    columns = list(rows[0])
    marks = ", ".join(f":{column}" for column in columns)
    db.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)


def views_of(db: sqlite3.Connection, product_id: int) -> list[Any]:
    sql = "SELECT id, user_id, viewed_at FROM product_views WHERE product_id = ? ORDER BY id"
    return db.execute(sql, (product_id,)).fetchall()


def views(db: sqlite3.Connection) -> dict[str, list[str]]:
    """The database's views, each with the child tables that it reads."""
    defined = dict(db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view'").fetchall())
    return {name: sorted(_reads(name, defined, set())) for name in defined}


def _reads(name: str, defined: dict[str, str], seen: set[str]) -> set[str]:
    """The child tables that a view reads, directly or through other views."""
    words = set(re.findall(r"\w+", defined[name].lower()))
    others = (words & set(defined)) - seen - {name}
    through = [_reads(other, defined, seen | {name}) for other in others]
    return (words & set(CHILD_TABLES)).union(*through)


COMMANDS: dict[str, Callable[..., Any]] = {
    "insert": insert,
    "views_of": views_of,
    "views": views,
}


def answer(db: sqlite3.Connection, line: str) -> Row:
    name, *arguments = json.loads(line)
    try:
        with db:
            return {"ok": COMMANDS[name](db, *arguments)}
    except sqlite3.Error as error:
        return {"error": f"{type(error).__name__}: {error}"}


def main(database: str) -> None:
    db = None
    for line in sys.stdin:
        db = db or sqlite3.connect(database, timeout=5)  # not before: it makes the file
        sys.stdout.write(json.dumps(answer(db, line)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
