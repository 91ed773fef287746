"""The database: engine, sessions, and the pool that reports run in."""

import contextlib
import functools
import os
import threading
from collections.abc import Iterator
from concurrent import futures
from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app import models

DATABASE_URL = os.environ.get("DATABASE_URL", "sqlite:///./shop.db")

engine = sa.create_engine(DATABASE_URL)
Session = orm.sessionmaker(engine, expire_on_commit=False)


class UnknownProduct(LookupError):
    """There is no product with this id."""


class ReportsBusy(RuntimeError):
    """No connection for a report came free in time."""


# Reports are slow. They run on threads and connections of their own,
# so that they never take one away from the shop.
REPORT_THREADS = 0
REPORT_CONNECTIONS = 0
REPORT_WAIT_SECONDS = 0

report_engine = sa.create_engine(DATABASE_URL, poolclass=sa.NullPool)
report_slots = threading.BoundedSemaphore(REPORT_CONNECTIONS)


@functools.cache
def report_threads() -> futures.ThreadPoolExecutor:
    return futures.ThreadPoolExecutor(REPORT_THREADS, thread_name_prefix="report")


@contextlib.contextmanager
def report_session() -> Iterator[orm.Session]:
    """A session on one of the connections that are kept for reports."""
    if not report_slots.acquire(timeout=REPORT_WAIT_SECONDS):
        raise ReportsBusy
    try:
        with orm.Session(report_engine) as session:
            yield session
    finally:
        report_slots.release()


def utcnow() -> datetime:
    return datetime.now(timezone.utc).replace(tzinfo=None)


def find_product(session: orm.Session, product_id: int) -> models.Product:
    product = session.get(models.Product, product_id)
    if product is None:
        raise UnknownProduct(product_id)
    return product


def record_view(product_id: int, user_id: int) -> dict[str, Any]:
    """Store that a user is looking at a product now."""
    with Session() as session:
        find_product(session, product_id)
        view = models.ProductView(product_id=product_id, user_id=user_id, viewed_at=utcnow())
        session.add(view)
        session.commit()
    return {
        "id": view.id,
        "product_id": view.product_id,
        "user_id": view.user_id,
        "viewed_at": view.viewed_at,
    }
