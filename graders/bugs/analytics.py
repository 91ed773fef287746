"""What analytics must answer, and which products serve for which check."""

from __future__ import annotations

from typing import Any

from graders import meaning
from graders.checks import expect, moment
from graders.difference import same
from graders.trial import Trial

TTL_SECONDS = 2.0
"""The exercise's default of ANALYTICS_TTL_SECONDS, which the README promises."""
GRACE_SECONDS = 0.4

ANOTHERS = "It is another product's answer: the key of the cache lacks the product."

# Each check has products of its own, so that none meets an answer that another one caused.
ANSWERS, AGREE, BESIDE, HIT, FIGURES, OTHER, MISS, COLD, BURST, TRACED = range(10)


def analytics(trial: Trial, nth: int) -> str:
    """The path for one of the popular products."""
    return f"/products/{trial.data.popular[nth]}/analytics"


def expect_figures(trial: Trial, product_id: int, body: dict[str, Any], help: str = "") -> None:
    """Raise Failure unless the figures are those of the window that the answer states."""
    asked = f"GET /products/{product_id}/analytics"
    start = moment(body.get("window_start"), "window_start", asked)
    expected = trial.oracle.analytics(product_id, start)
    days = body.get("views_by_day")
    if body.get("product_id") != product_id and body.get("product_id") in trial.ids:
        help = ANOTHERS
    if isinstance(days, dict):  # a day without views may be left out or be 0
        help = help or (
            meaning.of_days(days, expected["views_by_day"]) if _same_totals(body, expected) else ""
        )
        body = {**body, "views_by_day": {**dict.fromkeys(expected["views_by_day"], 0), **days}}
        expected["views_by_day"] = {**dict.fromkeys(days, 0), **expected["views_by_day"]}
    expect(body, expected, f"the window since {start:%Y-%m-%d %H:%M:%S}", help, asked)


def _same_totals(body: dict[str, Any], expected: dict[str, Any]) -> bool:
    """Whether it can only be the days that are wrong."""
    return all(same(body.get(key), value) for key, value in expected.items() if key != "views_by_day")
