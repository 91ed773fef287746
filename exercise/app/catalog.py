"""The list of products, with how often each was viewed and what it has cost."""

from typing import Any

import sqlalchemy as sa

from app import database, models


def list_products(limit: int, offset: int) -> list[dict[str, Any]]:
    page = sa.select(models.Product).order_by(models.Product.id).limit(limit).offset(offset)
    with database.Session() as session:
        return [
            {
                "id": product.id,
                "name": product.name,
                "price": product.price,
                "views": len(product.views),
                "total_cost": round(sum(cost.amount for cost in product.costs), 2),
            }
            for product in session.scalars(page)
        ]
