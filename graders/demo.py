"""The exercise solved step by step: each variant made, graded, and handed on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from graders import grading, variant
from graders.engine import Progress
from graders.grading import Order
from graders.model import SLUGS
from graders.report.schema import Report
from graders.scratch import swept


class Step(NamedTuple):
    """What was done last, and the grade of all that was done."""

    title: str
    report: Report


def rise(order: Order, progress: Progress) -> Iterator[Step]:
    """Broken, then one more fix at a time, in the order of the bugs, until all are fixed."""
    for count in range(len(SLUGS) + 1):
        fixes = SLUGS[:count]
        title = f"+ {fixes[-1]}" if fixes else "broken"
        with swept() as home:
            folder = home / "shop"
            variant.write(variant.files(order.tree, fixes), folder)
            yield Step(title, grading.grade(folder, order, _named(title, progress)))


def _named(title: str, progress: Progress) -> Progress:
    return lambda doing: progress(f"{title}: {doing}")
