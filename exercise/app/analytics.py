"""Who looked at a product in the last thirty days."""

import asyncio
import os
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from starlette import concurrency

from app import database, models

THIRTY_DAYS = timedelta(days=30)
TTL_SECONDS = float(os.environ.get("ANALYTICS_TTL_SECONDS", "2"))

cache: dict[tuple[int, datetime], dict[str, Any]] = {}


def count_views(product_id: int, window_start: datetime) -> dict[str, Any]:
    views = models.ProductView
    recent = sa.and_(views.product_id == product_id, views.viewed_at >= window_start)
    day = sa.func.date(views.viewed_at)
    with database.Session() as session:
        database.find_product(session, product_id)
        by_day = session.execute(sa.select(day, sa.func.count()).where(recent).group_by(day)).all()
        viewers = session.scalar(sa.select(sa.func.count(views.user_id.distinct())).where(recent))
    return {
        "product_id": product_id,
        "window_start": window_start,
        "views": sum(count for _, count in by_day),
        "unique_viewers": viewers,
        "views_by_day": {date: count for date, count in by_day},
    }


async def analyse(product_id: int) -> dict[str, Any]:
    if (product_id, database.utcnow() - THIRTY_DAYS) not in cache:
        # Views trickle in from several shops; let the last ones arrive.
        await asyncio.sleep(2)
        key = (product_id, database.utcnow() - THIRTY_DAYS)
        cache[key] = await concurrency.run_in_threadpool(count_views, *key)
        asyncio.get_running_loop().call_later(TTL_SECONDS, cache.pop, key, None)
    return cache[(product_id, database.utcnow() - THIRTY_DAYS)]
