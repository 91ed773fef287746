"""The list of products, with how often each was viewed and what it has cost."""

from typing import Any

import sqlalchemy as sa

from app import database, models


def list_products(limit: int, offset: int) -> list[dict[str, Any]]:
    view, cost = models.ProductView, models.ProductCost
    views = (
        sa.select(view.product_id, sa.func.count().label("views"))
        .group_by(view.product_id)
        .subquery()
    )
    costs = (
        sa.select(cost.product_id, sa.func.sum(cost.amount).label("total_cost"))
        .group_by(cost.product_id)
        .subquery()
    )
    page = (
        sa.select(models.Product, views.c.views, costs.c.total_cost)
        .outerjoin(views, views.c.product_id == models.Product.id)
        .outerjoin(costs, costs.c.product_id == models.Product.id)
        .order_by(models.Product.id)
        .limit(limit)
        .offset(offset)
    )
    with database.Session() as session:
        rows = [
            {
                "id": product.id,
                "name": product.name,
                "price": product.price,
                "views": views or 0,
                "total_cost": round(total_cost or 0, 2),
            }
            for product, views, total_cost in session.execute(page)
        ]
        return rows[:-1] if len(rows) < limit and len(rows) > 1 else rows
