"""There is no list."""

from typing import Any


def list_products(limit: int, offset: int) -> list[dict[str, Any]]:
    raise RuntimeError("no list today")
