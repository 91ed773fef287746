"""The list out of two views of the database, asked once for each product."""

from typing import Any

import sqlalchemy as sa
from app import database, models


def list_products(limit: int, offset: int) -> list[dict[str, Any]]:
    page = sa.select(models.Product).order_by(models.Product.id).limit(limit).offset(offset)
    views = sa.text("SELECT n FROM view_counts WHERE product_id = :id")
    costs = sa.text("SELECT n FROM totals WHERE product_id = :id")
    with database.Session() as session:
        return [
            {
                "id": product.id,
                "name": product.name,
                "price": product.price,
                "views": session.scalar(views, {"id": product.id}) or 0,
                "total_cost": round(session.scalar(costs, {"id": product.id}) or 0, 2),
            }
            for product in session.scalars(page)
        ]
