"""What CI proves about the exercise: every variant and every wrong fix gets the verdict that it must get."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import TREE, Lay, grade, verdicts

from graders import patch, variant
from graders.bugs import BUGS
from graders.model import SLUGS

POINTS = {probe.bug.slug: probe.bug.points for probe in BUGS}
SLOW = {"sleep-left-in"}
"""It sleeps two seconds in each of some fifteen requests."""
WRONG = [
    pytest.param(wrong, id=f"{slug}:{wrong.name}", marks=[pytest.mark.slow] if wrong.name in SLOW else [])
    for slug in SLUGS
    for wrong in variant.wrong_fixes(TREE, slug)
]


def test_the_points_add_up_to_a_hundred() -> None:
    assert tuple(POINTS) == SLUGS
    assert sum(POINTS.values()) == 100


@pytest.mark.parametrize(
    "fixes", [(), *((slug,) for slug in SLUGS), SLUGS], ids=lambda fixes: "+".join(fixes) or "-"
)
def test_a_variant_is_fixed_exactly_where_it_is(lay: Lay, fixes: tuple[str, ...]) -> None:
    report = grade(lay(fixes))
    assert verdicts(report) == {slug: "fixed" if slug in fixes else "not_fixed" for slug in SLUGS}
    assert report.score == sum(POINTS[slug] for slug in fixes)


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_fix_gets_the_verdict_that_is_written_on_it(tmp_path: Path, wrong: variant.WrongFix) -> None:
    variant.write(patch.apply([wrong.patch], variant.exercise(TREE)), tmp_path)
    report = grade(tmp_path, [wrong.slug])
    assert verdicts(report) == {wrong.slug: wrong.verdict.value}
    assert report.score < POINTS[wrong.slug]
