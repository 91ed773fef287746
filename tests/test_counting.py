"""graders/inside/boot.py counts every statement, whichever way it takes to the driver."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from graders import service

BOOT = Path(__file__).resolve().parent.parent / "graders" / "inside" / "boot.py"

PRELUDE = """
import json, runpy, sys
boot = runpy.run_path(sys.argv[1], run_name="boot")
memory = bytearray(256 << 10)
counters = memoryview(memory).cast("Q")
boot["count_statements"](counters, boot["slots_from"]("product_views:1,product_costs:2,totals:2"))
import sqlite3
setup = sqlite3.connect("shop.db")
setup.executescript('''CREATE TABLE product_views (id INTEGER PRIMARY KEY, product_id INTEGER);
CREATE TABLE product_costs (id INTEGER PRIMARY KEY); CREATE TABLE mine (id INTEGER PRIMARY KEY);
CREATE VIEW totals AS SELECT count(*) AS n FROM product_costs''')
setup.close()
before = list(counters[:3])

def kept():
    lines = bytes(memory[boot["TRACE_START"] :][: counters[boot["TRACED"]]]).splitlines()
    return [json.loads(line) for line in lines]
"""

ORM = """
import sqlalchemy as sa
from sqlalchemy import orm
class Base(orm.DeclarativeBase): pass
class View(Base):
    __tablename__ = "product_views"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    product_id: orm.Mapped[int]
engine = sa.create_engine("sqlite:///shop.db")
with orm.Session(engine) as session:
    for _ in range(3):
        session.scalars(sa.select(View)).all()
"""

CORE = """
import sqlalchemy as sa
with sa.create_engine("sqlite:///shop.db").connect() as connection:
    for _ in range(3):
        connection.execute(sa.text("SELECT * FROM product_views")).all()
"""

LOOP = "\nfor _ in range(3): db.execute('SELECT * FROM product_views').fetchall()\n"


def counted(tmp_path: Path, code: str) -> list[int]:
    code = f"{PRELUDE}\n{code}\nprint(json.dumps([now - then for now, then in zip(counters, before)]))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(BOOT)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    found: list[int] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(ORM, id="ORM"),
        pytest.param(CORE, id="Core"),
        pytest.param("db = sqlite3.connect('shop.db')" + LOOP, id="raw"),
        pytest.param("from sqlite3.dbapi2 import connect\ndb = connect('shop.db')" + LOOP, id="dbapi2"),
        pytest.param("db = sqlite3.Connection('shop.db')" + LOOP, id="direct Connection"),
        pytest.param("db = sqlite3.dbapi2.Connection('shop.db')" + LOOP, id="direct dbapi2.Connection"),
        pytest.param("import _sqlite3\ndb = _sqlite3.connect('shop.db')" + LOOP, id="_sqlite3"),
        pytest.param(
            "class Mine(sqlite3.Connection): pass\ndb = sqlite3.connect('shop.db', factory=Mine)" + LOOP,
            id="factory",
        ),
        pytest.param(
            "import _sqlite3\nclass Mine(_sqlite3.Connection): pass\n"
            "db = sqlite3.connect('shop.db', 5.0, 0, None, True, Mine)" + LOOP,
            id="positional factory that is none of ours",
        ),
        pytest.param(
            "db = sqlite3.connect('shop.db')\ndb.set_trace_callback(print)\ndb.set_trace_callback(None)"
            + LOOP,
            id="own trace callback",
        ),
        pytest.param(
            "db = sqlite3.connect('shop.db')" + LOOP.replace("product_views", "PRODUCT_Views"), id="case"
        ),
        pytest.param(
            "db = sqlite3.connect('shop.db')\ndb.executemany('INSERT INTO product_views VALUES (?, 1)', "
            "[(1,), (2,), (3,)])",
            id="executemany",
        ),
    ],
)
def test_three_statements_are_three(tmp_path: Path, code: str) -> None:
    total, views, costs = counted(tmp_path, code)
    assert (views, costs) == (3, 0)
    assert total >= 3


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1", [1, 0, 0]),
        ("SELECT * FROM product_views, product_costs", [1, 1, 1]),
        ("SELECT n FROM totals", [1, 0, 1]),
        ("SELECT * FROM mine", [1, 0, 0]),
        ("-- of one product\nSELECT * FROM product_views", [1, 1, 0]),
    ],
)
def test_each_statement_counts_where_it_belongs(tmp_path: Path, sql: str, expected: list[int]) -> None:
    assert counted(tmp_path, f"sqlite3.connect('shop.db').execute({sql!r})") == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT * FROM product_views", True),
        ("select 1 from main.product_views as v", True),
        ('SELECT * FROM "product_views"', True),
        ("SELECT * FROM [product_views]", True),
        ("SELECT * FROM products p, product_views", True),
        ("SELECT * FROM products p LEFT OUTER JOIN product_views v ON v.product_id = p.id", True),
        ("SELECT (SELECT count(*) FROM product_views WHERE product_id = p.id) FROM products p", True),
        ("SELECT * FROM (product_views)", True),
        ("SELECT * FROM (SELECT 1 WHERE 1), product_views", True),
        ("WITH v AS (SELECT * FROM product_views) SELECT * FROM v", True),
        ("/* a */ -- b\nSELECT * FROM product_views", True),
        ("SELECT 1 WHERE 1 IN product_views", True),
        ("INSERT INTO product_views (id) VALUES (1)", True),
        ("INSERT OR REPLACE INTO main.product_views (id) VALUES (1)", True),
        ("UPDATE product_views SET id = 1", True),
        ("DELETE FROM product_views", True),
        ("SELECT body FROM cache WHERE key = 'product_views:7'", False),
        ("INSERT INTO cache VALUES ('it''s FROM product_views', 1)", False),
        ("SELECT product_views FROM cache", False),
        ("SELECT a, product_views FROM cache ORDER BY product_views", False),
        ("INSERT INTO cache (key, product_views) VALUES (1, 2)", False),
        ("INSERT INTO cache (product_views) VALUES (1)", False),
        ("UPDATE cache SET product_views = 1", False),
        ("SELECT body FROM cache -- FROM product_views", False),
        ("/* FROM product_views */ SELECT body FROM cache", False),
        ("SELECT body FROM cache c JOIN other o ON o.product_views = c.id", False),
        ("SELECT body FROM cache WHERE id IN (product_views, 2)", False),
    ],
)
def test_a_name_counts_where_it_is_a_table(sql: str, expected: bool) -> None:
    tables = runpy.run_path(str(BOOT), run_name="boot")["tables"]
    assert ("product_views" in tables(sql)) is expected


def test_statements_are_kept_while_they_are_wanted(tmp_path: Path) -> None:
    code = """
import time
db = sqlite3.connect('shop.db')
db.execute('SELECT 1')
start, counters[boot["TRACING"]] = time.monotonic(), 60
db.execute('SELECT ?', ("Größe",))
db.execute('SELECT count(*) FROM product_views')
counters[boot["TRACING"]] = 0
db.execute('SELECT 3')
assert [text for _, text in kept()] == ["SELECT 'Größe'", "SELECT count(*) FROM product_views"], kept()
times = [at for at, _ in kept()]
assert start <= times[0] <= times[1] <= time.monotonic()
"""
    assert counted(tmp_path, code) == [4, 1, 0]


def test_no_more_is_kept_than_was_asked_for_and_all_is_counted(tmp_path: Path) -> None:
    code = """
counters[boot["TRACING"]] = 7
db = sqlite3.connect('shop.db')
for _ in range(20):
    db.execute("SELECT '" + 'x' * 2000 + "'")
assert [len(text) for _, text in kept()] == [500] * 7
"""
    assert counted(tmp_path, code) == [20, 0, 0]


def test_a_trace_never_leaves_its_memory(tmp_path: Path) -> None:
    code = """
counters[boot["TRACING"]] = 1000
db = sqlite3.connect('shop.db')
for _ in range(1000):
    db.execute("SELECT '" + 'é' * 400 + "'")
assert 0 < len(kept()) < 1000
assert counters[boot["TRACED"]] <= len(memory) - boot["TRACE_START"]
"""
    assert counted(tmp_path, code) == [1000, 0, 0]


def test_grader_and_service_mean_the_same_memory() -> None:
    boot = runpy.run_path(str(BOOT), run_name="boot")
    for name in ("TRACING", "TRACED", "TRACE_START"):
        assert getattr(service, name) == boot[name]
    longest = len(json.dumps([1e9 / 3, "😀" * boot["TRACE_CHARACTERS"]])) + 1
    assert service.TRACE_START + service.TRACE_STATEMENTS * longest <= service.MEMORY_BYTES


def test_a_callback_of_the_workspace_is_still_called(tmp_path: Path) -> None:
    code = "seen = []\ndb = sqlite3.connect('shop.db')\ndb.set_trace_callback(seen.append)" + LOOP
    assert counted(tmp_path, code + "\nassert len(seen) == 3")[1] == 3
