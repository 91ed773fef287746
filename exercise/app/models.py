"""The three tables of the shop. Times are UTC, amounts are euros."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm


class Base(orm.DeclarativeBase):
    pass


class Product(Base):
    __tablename__ = "products"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[str]
    price: orm.Mapped[float]

    views: orm.Mapped[list[ProductView]] = orm.relationship(back_populates="product")
    costs: orm.Mapped[list[ProductCost]] = orm.relationship(back_populates="product")


class ProductView(Base):
    __tablename__ = "product_views"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    product_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("products.id"), index=True)
    user_id: orm.Mapped[int]
    viewed_at: orm.Mapped[datetime]

    product: orm.Mapped[Product] = orm.relationship(back_populates="views")


class ProductCost(Base):
    __tablename__ = "product_costs"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    product_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("products.id"), index=True)
    label: orm.Mapped[str]
    amount: orm.Mapped[float]

    product: orm.Mapped[Product] = orm.relationship(back_populates="costs")
