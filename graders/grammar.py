"""What may be drawn, as plain values that can be sent to another process; pure.

Whatever stands first is the simplest: a drawn value is made smaller towards it.
"""

from __future__ import annotations

from typing import Any

Grammar = list[Any]


def pick(*values: Any) -> Grammar:
    """One of these JSON values."""
    return ["pick", list(values)]


def whole(low: int, high: int) -> Grammar:
    """A whole number from `low` to `high`, both included."""
    return ["whole", low, high]


def either(*grammars: Grammar) -> Grammar:
    """What one of these draws."""
    return ["either", list(grammars)]


def several(grammar: Grammar, low: int, high: int) -> Grammar:
    """A list of `low` to `high` values."""
    return ["several", grammar, low, high]


def record(**fields: Grammar) -> Grammar:
    """An object with these fields."""
    return ["record", fields]
