"""Ids of products as they stand in a path: known, unknown, and such as may be refused in either way."""

from __future__ import annotations

from collections.abc import Sequence

from graders.differential import REFUSED
from graders.grammar import Grammar, pick
from graders.trial import Trial

ODD = (0, -1, -7, 10**12, "abc", "1.5", "seven", "null")
"""Of no product, and maybe not even an id. What is beyond SQLite's integers is nobody's promise."""
ODDS = 2
"""How many times as often a product is known."""


def product_id(trial: Trial, known: Sequence[int]) -> Grammar:
    """One of these products, most of the time."""
    often = ODDS * len(ODD) // len(known) + 1
    return pick(*list(known) * often, trial.data.unknown, trial.ids[0] - 1, *ODD)


def refusals(drawn: object) -> frozenset[int]:
    """The statuses that are as right as each other for this id."""
    return REFUSED if drawn in ODD else frozenset()
