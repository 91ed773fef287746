"""Makes a table of another shape."""

import sqlite3

with sqlite3.connect("shop.db") as db:
    db.execute("CREATE TABLE products (number INTEGER PRIMARY KEY)")
