"""What a product has cost, in the currency of the reader."""

import asyncio
from typing import Any

import sqlalchemy as sa

from app import database, models, rates


def build_report(product_id: int, currency: str) -> dict[str, Any]:
    costs = models.ProductCost
    with database.report_session() as session:
        product = database.find_product(session, product_id)
        lines = session.scalars(
            sa.select(costs).where(costs.product_id == product_id).order_by(costs.id)
        ).all()
        rate = rates.rate_of_the_day(currency)
        return {
            "product_id": product.id,
            "name": product.name,
            "currency": currency,
            "rate": rate,
            "total_cost": round(sum(line.amount for line in lines) * rate, 2),
            "lines": [
                {"label": line.label, "amount": round(line.amount * rate, 2)} for line in lines
            ],
        }


async def report(product_id: int, currency: str) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(database.report_threads(), build_report, product_id, currency)
