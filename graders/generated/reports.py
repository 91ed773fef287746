"""Reports, for zero-pool: several at once, in every currency and none, refused, right after a write."""

from __future__ import annotations

from typing import Any

from graders.checks import expect
from graders.client import Request
from graders.dataset import CURRENCIES
from graders.differential import Ask, Example, Plan, explore
from graders.failure import asked_of
from graders.generated import products, written
from graders.grammar import Grammar, either, pick, record, several
from graders.trial import Trial

KNOWN = slice(8, 24)
"""Which products; some of every shape."""
NO_CURRENCIES = ("XYZ", "JPY", "EURO", "1")
AT_ONCE = 8
EXAMPLES = 6
"""Each takes as long as the bank."""


def run(trial: Trial) -> None:
    """Explore reports.

    The figures are the oracle's: half a cent may be rounded up or down, and two right services differ by one.
    """

    def compare(ask: Ask, mine: Any, theirs: Any) -> None:
        right = trial.oracle.report(theirs["product_id"], theirs["currency"])
        expect(mine, right, "the report", asked=asked_of(ask.request))

    plan = Plan(grammar(trial), lambda drawn: _meant(trial, drawn), compare, examples=EXAMPLES)
    explore(trial, plan)


def grammar(trial: Trial) -> Grammar:
    """An unknown product in no known currency may be refused as either, so it is not asked for."""
    known = trial.ids[KNOWN]
    right = record(product=products.product_id(trial, known), currency=pick(*CURRENCIES, None))
    wrong = record(product=pick(*known), currency=pick(*NO_CURRENCIES))
    write = either(written.cost(known), written.cost(known), written.product())
    return record(asks=several(either(right, right, right, wrong), 1, AT_ONCE), writes=several(write, 0, 2))


def _meant(trial: Trial, drawn: dict[str, Any]) -> Example:
    writes = [written.meant(trial, write) for write in drawn["writes"]]
    return Example(writes, [_ask(**ask) for ask in drawn["asks"]])


def _ask(product: object, currency: str | None) -> Ask:
    query = f"?currency={currency}" if currency else ""
    return Ask(Request(f"/products/{product}/report{query}"), products.refusals(product))
