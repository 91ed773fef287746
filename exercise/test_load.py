"""Load test: starts the service, plays the requests that fail in production, says how each went.

python test_load.py               all of them; the exit code is 0 when all pass
python test_load.py reports ...   only these: products, analytics, reports
"""

import argparse
import collections
import contextlib
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent import futures
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import httpx

HERE = Path(__file__).resolve().parent
LOG = HERE / "server.log"
LIMIT_SECONDS = 1.0
TTL_SECONDS = float(os.environ.get("ANALYTICS_TTL_SECONDS", "2"))

# The server ends when its input closes, so it never outlives this script.
SERVER = """
import os, sys, threading, uvicorn
def end_with_parent():
    os.read(0, 1)
    os._exit(0)
threading.Thread(target=end_with_parent, daemon=True).start()
uvicorn.run("app.main:app", port=int(sys.argv[1]), log_level="warning")
"""


@dataclass
class Reply:
    status: int | str
    ok: bool
    seconds: float
    body: Any


@dataclass
class Case:
    name: str
    title: str
    play: Callable[["Shop"], tuple[list[Reply], list[str]]]


class Shop:
    """The running service, and the database behind it."""

    def __init__(self, client: httpx.Client, db: sqlite3.Connection) -> None:
        self.client = client
        self.db = db

    def get(self, path: str, right: Callable[[Any], bool] = bool) -> Reply:
        start = time.perf_counter()
        try:
            response = self.client.get(path)
            seconds = time.perf_counter() - start
            body = response.json() if response.status_code == 200 else None
        except (httpx.HTTPError, ValueError) as error:
            return Reply(type(error).__name__, False, time.perf_counter() - start, None)
        status = response.status_code
        try:
            return Reply(status, body is not None and right(body), seconds, body)
        except (LookupError, TypeError, ValueError, AttributeError):
            return Reply(status, False, seconds, body)

    def at_once(self, callers: int, path: str, right: Callable[[Any], bool]) -> list[Reply]:
        with futures.ThreadPoolExecutor(callers) as pool:
            return list(pool.map(lambda _: self.get(path, right), range(callers)))

    def ask(self, sql: str, *values: Any) -> Any:
        return self.db.execute(sql, values).fetchone()[0]

    @contextlib.contextmanager
    def another_view(self, product_id: int) -> Iterator[None]:
        now = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S.%f")
        sql = "INSERT INTO product_views (product_id, user_id, viewed_at) VALUES (?, 999999, ?)"
        with self.db:
            row = self.db.execute(sql, (product_id, now)).lastrowid
        try:
            yield
        finally:
            with self.db:
                self.db.execute("DELETE FROM product_views WHERE id = ?", (row,))


def play_products(shop: Shop) -> tuple[list[Reply], list[str]]:
    path = "/products?limit=400"
    ids = [row[0] for row in shop.db.execute("SELECT id FROM products ORDER BY id LIMIT 400")]
    expected = {
        i: (
            shop.ask("SELECT count(*) FROM product_views WHERE product_id = ?", i),
            shop.ask("SELECT total(amount) FROM product_costs WHERE product_id = ?", i),
        )
        for i in ids
    }

    def right(rows: Any) -> bool:
        return [row["id"] for row in rows] == ids and all(
            row["views"] == expected[row["id"]][0]
            and abs(row["total_cost"] - expected[row["id"]][1]) < 0.006
            for row in rows
        )

    replies = shop.at_once(10, path, right)
    problems = []
    if all(reply.ok for reply in replies):
        last = ids[-1]
        with shop.another_view(last):
            reply = shop.get(path)
        if not reply.ok or reply.body[-1]["views"] != expected[last][0] + 1:
            problems.append("a view stored a moment ago is not counted")
    return replies, problems


def play_analytics(shop: Shop) -> tuple[list[Reply], list[str]]:
    popular = "SELECT product_id FROM product_views GROUP BY product_id ORDER BY count(*) DESC, 1"
    product_id, other_id = (row[0] for row in shop.db.execute(f"{popular} LIMIT 2"))
    path, right = f"/products/{product_id}/analytics", right_analytics(shop, product_id)
    replies = shop.at_once(20, path, right)
    problems = []
    if all(reply.ok for reply in replies):
        warm = shop.at_once(20, path, right)
        different = len({str(reply.body) for reply in warm})
        if different > 2:
            problems.append(f"20 requests within {TTL_SECONDS:g} s got {different} answers")
        other = shop.get(f"/products/{other_id}/analytics", right_analytics(shop, other_id))
        replies += [*warm, other]
        with shop.another_view(product_id):
            time.sleep(TTL_SECONDS + 0.5)
            later = shop.get(path, right)
        if not later.ok:
            problems.append(f"the answer is older than {TTL_SECONDS:g} s")
    return replies, problems


def right_analytics(shop: Shop, product_id: int) -> Callable[[Any], bool]:
    """Whether an answer is right for the window that it states."""
    db_path = shop.ask("SELECT file FROM pragma_database_list WHERE name = 'main'")
    sql = "SELECT count(*) FROM product_views WHERE product_id = ? AND viewed_at >= ?"

    def right(body: Any) -> bool:
        start = datetime.fromisoformat(body["window_start"].replace("Z", "+00:00"))
        if start.tzinfo:
            start = start.astimezone(timezone.utc)
        with contextlib.closing(sqlite3.connect(db_path)) as db:
            row = db.execute(sql, (product_id, f"{start:%Y-%m-%d %H:%M:%S.%f}")).fetchone()
        by_day = sum(body["views_by_day"].values())
        return bool(body["product_id"] == product_id and body["views"] == row[0] == by_day)

    return right


def play_reports(shop: Shop) -> tuple[list[Reply], list[str]]:
    product_id = shop.ask(
        "SELECT product_id FROM product_costs GROUP BY product_id ORDER BY count(*) DESC, 1 LIMIT 1"
    )
    cost = shop.ask("SELECT total(amount) FROM product_costs WHERE product_id = ?", product_id)

    def right(body: Any) -> bool:
        expected = cost * body["rate"]
        return bool(body["currency"] == "USD" and abs(body["total_cost"] - expected) < 0.006)

    return shop.at_once(50, f"/products/{product_id}/report?currency=USD", right), []


CASES = [
    Case("products", "N+1 queries: 10 callers, GET /products?limit=400", play_products),
    Case("analytics", "Unstable cache: 20 callers, GET /products/{id}/analytics", play_analytics),
    Case("reports", "Zero pool: 50 callers, GET /products/{id}/report", play_reports),
]


def judge(case: Case, shop: Shop) -> bool:
    print(f"\n{case.title}", flush=True)
    replies, problems = case.play(shop)
    seconds = sorted(reply.seconds for reply in replies)
    p50, p95 = (seconds[round(share * (len(seconds) - 1))] for share in (0.5, 0.95))
    good = sum(reply.ok for reply in replies)
    bad = collections.Counter(reply.status for reply in replies if not reply.ok)
    for status, count in bad.items():
        what = "right status, wrong figures" if status == 200 else f"{status}, see {LOG.name}"
        problems.append(f"{count} of {len(replies)} answers: {what}")
    if p95 > LIMIT_SECONDS:
        problems.append("too slow")
    print(f"  successes {good}/{len(replies)}   p50 {p50:.3f} s   p95 {p95:.3f} s", end="")
    print(f"   limit {LIMIT_SECONDS:.1f} s   {'FAIL' if problems else 'PASS'}")
    for problem in problems:
        print(f"  - {problem}")
    return not problems


def is_shop(client: httpx.Client) -> bool | None:
    """Whether the shop answers; None where nothing does."""
    try:
        return bool(client.get("/health").json() == {"status": "ok"})
    except httpx.ConnectError:
        return None
    except (httpx.HTTPError, ValueError):
        return False


@contextlib.contextmanager
def service(client: httpx.Client, port: int) -> Iterator[None]:
    """The service on this port: the one that runs there already, else one of our own."""
    found = is_shop(client)
    if found:
        print(f"Using the service that runs on port {port} already.")
        yield
        return
    if found is False:
        sys.exit(
            f"Port {port} is taken by something else. Stop it, or choose another: --port {port + 1}"
        )
    command = [sys.executable, "-c", SERVER, str(port)]
    with LOG.open("wb") as log:
        server = subprocess.Popen(command, cwd=HERE, stdin=subprocess.PIPE, stdout=log, stderr=log)
    try:
        wait_for(client, server)
        print(f"Started the service on port {port}; its log is {LOG.name}.")
        yield
    finally:
        server.kill()
        server.wait()


def wait_for(client: httpx.Client, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while not is_shop(client):
        if server.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"The service did not start:\n{LOG.read_text(errors='replace')[-2000:]}")
        time.sleep(0.1)


def open_database() -> sqlite3.Connection:
    url = os.environ.get("DATABASE_URL", "sqlite:///./shop.db")
    path = HERE / url.removeprefix("sqlite:///")
    try:
        db = sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=30)
        if db.execute("SELECT count(*) FROM products").fetchone()[0]:
            return db
    except sqlite3.Error:
        pass
    sys.exit("The database is missing or empty. Run init_db.py and populate_db.py first.")


def main() -> int:
    parser = argparse.ArgumentParser(description="Load test of the shop.")
    parser.add_argument("cases", nargs="*", metavar="CASE", help="products, analytics, reports")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    unknown = set(options.cases) - {case.name for case in CASES}
    if unknown:
        parser.error(f"no such case: {', '.join(sorted(unknown))}")
    cases = [case for case in CASES if case.name in options.cases or not options.cases]
    client = httpx.Client(
        base_url=f"http://127.0.0.1:{options.port}",
        timeout=30,
        limits=httpx.Limits(max_connections=100, max_keepalive_connections=0),
        trust_env=False,
    )
    with contextlib.closing(open_database()) as db, client, service(client, options.port):
        passed = sum(judge(case, Shop(client, db)) for case in cases)
    print(f"\n{passed} of {len(cases)} pass")
    return 0 if passed == len(cases) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
