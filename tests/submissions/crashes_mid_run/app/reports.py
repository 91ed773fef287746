"""The whole service ends when it is asked for a report."""

import os
from typing import Any


async def report(product_id: int, currency: str) -> dict[str, Any]:
    os._exit(1)
