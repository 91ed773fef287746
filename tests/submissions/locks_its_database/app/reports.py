"""The first report takes the database for itself, and keeps it."""

import sqlite3
from typing import Any

from app import database

HELD: list[sqlite3.Connection] = []


async def report(product_id: int, currency: str) -> dict[str, Any]:
    held = sqlite3.connect(database.DATABASE_URL.removeprefix("sqlite:///"), check_same_thread=False)
    held.execute("BEGIN EXCLUSIVE")
    HELD.append(held)
    return {}
