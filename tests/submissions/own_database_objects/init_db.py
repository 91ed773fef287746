"""Adds an index and views to the tables of the shop."""

import sqlalchemy as sa
from app import database, models

models.Base.metadata.create_all(database.engine)
with database.engine.begin() as connection:
    connection.execute(sa.text("CREATE INDEX views_by_time ON product_views (product_id, viewed_at)"))
    connection.execute(
        sa.text("CREATE VIEW view_counts AS SELECT product_id, count(*) AS n FROM product_views GROUP BY 1")
    )
    connection.execute(
        sa.text("CREATE VIEW totals AS SELECT product_id, total(amount) AS n FROM product_costs GROUP BY 1")
    )
