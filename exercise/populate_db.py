"""Fill the shop with made-up products, views and costs. What was there is deleted."""

import argparse
import random
from datetime import timedelta

import sqlalchemy as sa

from app import database, models

PRODUCTS = 1000
WORDS = ["Oak", "Pine", "Linen", "Wool", "Copper", "Glass", "Slate", "Cork"]
THINGS = ["Chair", "Lamp", "Shelf", "Table", "Rug", "Clock", "Bowl", "Stool"]
LABELS = ["material", "freight", "packaging", "customs"]


def populate(seed: int) -> None:
    rng = random.Random(seed)
    now = database.utcnow()
    products, views, costs = [], [], []
    for product_id in range(1, PRODUCTS + 1):
        name = f"{rng.choice(WORDS)} {rng.choice(THINGS)} {product_id}"
        price = rng.randrange(500, 50_000) / 100
        products.append({"id": product_id, "name": name, "price": price})
        for _ in range(rng.randrange(7)):
            viewed_at = now - timedelta(minutes=rng.randrange(1, 60 * 24 * 60))
            user_id = rng.randrange(1, 500)
            views.append({"product_id": product_id, "user_id": user_id, "viewed_at": viewed_at})
        for label in LABELS[: rng.randrange(len(LABELS) + 1)]:
            amount = rng.randrange(50, 20_000) / 100
            costs.append({"product_id": product_id, "label": label, "amount": amount})
    with database.Session.begin() as session:
        for table in (models.ProductView, models.ProductCost, models.Product):
            session.execute(sa.delete(table))
        session.execute(sa.insert(models.Product), products)
        session.execute(sa.insert(models.ProductView), views)
        session.execute(sa.insert(models.ProductCost), costs)
    print(f"{len(products)} products, {len(views)} views, {len(costs)} costs")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="another seed, other data")
    populate(parser.parse_args().seed)
