"""What CI proves about the exercise: every variant and every wrong fix gets the verdict that it must get."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest
from conftest import TREE, Lay, grade, verdicts

from graders import patch, variant
from graders.bugs import BUGS
from graders.mistakes import fingerprint, fits
from graders.model import SLUGS, Verdict

POINTS = {probe.bug.slug: probe.bug.points for probe in BUGS}
ALONE = {"plain-class"}
"""With it no service starts."""
HALVES = [("n-plus-one", "missing-model"), ("unstable-cache", "zero-pool")]
"""Each bug once fixed and once not, beside one that is and two that are not."""
VARIANTS = [*HALVES, *(pytest.param(fixes, marks=pytest.mark.slow) for fixes in [(), *zip(SLUGS), SLUGS])]


def columns() -> list[list[variant.WrongFix]]:
    """All wrong fixes in few submissions, which hold at most one of each bug, none in the way of another.

    Recorded views are looked for in the list, so wrong fixes that record some meet no wrong list.
    """
    rows = {slug: [one for one in variant.wrong_fixes(TREE, slug) if one.name not in ALONE] for slug in SLUGS}
    lists, models = rows["n-plus-one"], rows["missing-model"]
    refusing = [one for one in models if one.verdict is Verdict.NOT_FIXED]
    recording = [one for one in models if one not in refusing]
    places = [*refusing, *[None] * (len(lists) - len(refusing)), *recording]
    found = itertools.zip_longest(*(places if row is models else row for row in rows.values()))
    alone = [[one] for slug in SLUGS for one in variant.wrong_fixes(TREE, slug) if one.name in ALONE]
    return [*([one for one in column if one] for column in found), *alone]


def named(wrongs: Sequence[variant.WrongFix | str]) -> str:
    return "+".join(one if isinstance(one, str) else f"{one.slug}:{one.name}" for one in wrongs) or "-"


def test_the_points_add_up_to_a_hundred() -> None:
    assert tuple(POINTS) == SLUGS
    assert sum(POINTS.values()) == 100


@pytest.mark.parametrize("fixes", VARIANTS, ids=named)
def test_a_variant_is_fixed_exactly_where_it_is(lay: Lay, fixes: tuple[str, ...]) -> None:
    report = grade(lay(fixes))
    assert verdicts(report) == {slug: "fixed" if slug in fixes else "not_fixed" for slug in SLUGS}
    assert report.score == sum(POINTS[slug] for slug in fixes)


def test_every_wrong_fix_is_graded() -> None:
    graded = [one.name for column in columns() for one in column]
    assert sorted(graded) == sorted(one.name for slug in SLUGS for one in variant.wrong_fixes(TREE, slug))


@pytest.mark.slow
@pytest.mark.parametrize("wrongs", columns(), ids=named)
def test_a_wrong_fix_gets_the_verdict_that_is_written_on_it(
    tmp_path: Path, wrongs: list[variant.WrongFix]
) -> None:
    variant.write(patch.apply([one.patch for one in wrongs], variant.exercise(TREE)), tmp_path)
    report = grade(tmp_path, [one.slug for one in wrongs])
    assert verdicts(report) == {one.slug: one.verdict.value for one in wrongs}
    left = {bug.slug: fingerprint(bug.checks, bug.speed.share if bug.speed else None) for bug in report.bugs}
    assert all(fits(one, left[one.slug]) for one in wrongs), left
    assert all(bug.score < bug.points for bug in report.bugs)
