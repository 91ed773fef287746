"""Pages of the list, for n-plus-one: short, long, across both ends, refused, right after a row was stored."""

from __future__ import annotations

from typing import Any

from graders.client import Request
from graders.dataset import SHAPES
from graders.differential import Ask, Example, Plan, expect_same, explore
from graders.generated import written
from graders.grammar import Grammar, either, pick, record, several
from graders.trial import Trial

LIMITS = (None, 200, 1000, 0, -1, 1001, 10**12, "ten", "1.5")
OFFSETS = (None, 100_000, -1, "ten", "1.5")
EDGE = 20
AT_ONCE = 4
EXAMPLES = 12
"""Each page takes the reference a look at all views."""


def run(trial: Trial) -> None:
    """Explore the list."""
    plan = Plan(grammar(trial), lambda drawn: _meant(trial, drawn), expect_same, examples=EXAMPLES)
    explore(trial, plan)


def grammar(trial: Trial) -> Grammar:
    """Mostly short pages, near the beginning and the end, where the written products are too."""
    total = len(trial.ids)
    limit = pick(*range(1, EDGE + 1), *LIMITS)
    ends = (*range(EDGE), *range(EDGE), *range(total - EDGE, total + 3))
    offset = pick(*ends, *range(EDGE, total, total // EDGE), *OFFSETS)
    near = trial.ids[: SHAPES // 4]
    write = either(written.view(near), written.cost(near), written.product())
    return record(asks=several(record(limit=limit, offset=offset), 1, AT_ONCE), writes=several(write, 0, 2))


def _meant(trial: Trial, drawn: dict[str, Any]) -> Example:
    writes = [written.meant(trial, write) for write in drawn["writes"]]
    return Example(writes, [Ask(Request(path(**ask))) for ask in drawn["asks"]])


def path(limit: object, offset: object) -> str:
    """Of a page; a parameter that is None is left out."""
    given = {"limit": limit, "offset": offset}
    query = "&".join(f"{name}={value}" for name, value in given.items() if value is not None)
    return f"/products?{query}" if query else "/products"
