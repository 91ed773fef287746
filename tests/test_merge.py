"""graders/report/merge.py: a whole report out of an older one and a part."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest

from graders import engine, score
from graders.bugs import BUGS
from graders.model import SLUGS, Finding, Observation, Outcome, Pair, Verdict
from graders.report import schema
from graders.report.build import build
from graders.report.merge import TIMED, merged
from graders.report.schema import Report

RIGHT, WRONG = Outcome.PASSED, Outcome.FAILED


def observed(outcome: Outcome, slugs: Collection[str]) -> list[Observation]:
    """Every check of these bugs with one outcome, and fast."""
    found = []
    for probe in BUGS:
        if probe.bug.slug in slugs:
            checks = [*probe.checks, engine.TIMED] if probe.timed else list(probe.checks)
            findings = tuple(Finding(c.id, c.kind, c.weight, c.line, outcome, "why") for c in checks)
            found.append(Observation(probe.bug, findings, tuple([Pair(1, 1)] * 5), {"x": 1}))
    return found


def report(observations: list[Observation], trouble: str = "", seed: int = 1) -> Report:
    return build(
        [score.grade(observation, 1) for observation in observations],
        kit=schema.Kit(version="1", exercise="abc"),
        submission=schema.Submission(
            name="shop", sha256=str(seed), changed=[], boots=not trouble, note=trouble
        ),
        machine=schema.Machine(cpus=2, python="3.11", platform="Linux", isolation="process", noise=None),
        seed=seed,
        started_at="2026-03-14T15:09:26+00:00",
        seconds=1.0,
    )


def standings(one: Report) -> list[tuple[str, float, str]]:
    return [(bug.slug, bug.score, bug.verdict.value) for bug in one.bugs]


def test_without_a_previous_report_there_is_only_the_new_one() -> None:
    new = report(observed(RIGHT, SLUGS[1:2]))
    assert merged(None, new) == new


def test_bugs_that_were_not_graded_again_keep_their_rows() -> None:
    both = merged(report(observed(WRONG, SLUGS)), report(observed(RIGHT, SLUGS[1:3]), seed=2))
    assert standings(both) == [
        ("n-plus-one", 0, "not_fixed"),
        ("unstable-cache", 35, "fixed"),
        ("zero-pool", 20, "fixed"),
        ("missing-model", 0, "not_fixed"),
    ]
    assert (both.score, both.points, both.verdict) == (55, 100, Verdict.PARTLY_FIXED)
    assert (both.seed, both.submission.sha256) == (2, "2")


def test_rows_stand_in_the_order_of_the_bugs() -> None:
    last, first = report(observed(RIGHT, SLUGS[2:])), report(observed(RIGHT, SLUGS[:1]))
    assert [bug.slug for bug in merged(last, first).bugs] == [SLUGS[0], *SLUGS[2:]]


def test_a_merged_report_of_all_bugs_is_as_one_grade_of_them() -> None:
    whole = report(observed(RIGHT, SLUGS))
    assert merged(report(observed(WRONG, SLUGS)), whole) == whole


@pytest.mark.parametrize("before", [RIGHT, WRONG])
def test_a_service_that_does_not_start_any_more_sinks_every_row(before: Outcome) -> None:
    trouble = "app/catalog.py, line 1: SyntaxError"
    part = report(engine.unbooted(BUGS[:1], trouble), trouble)
    assert merged(report(observed(before, SLUGS)), part) == report(engine.unbooted(BUGS, trouble), trouble)


def test_the_check_that_is_never_tried_is_the_one_of_the_timing() -> None:
    assert engine.TIMED.id == TIMED
    assert all(check.id != TIMED for probe in BUGS for check in probe.checks)


def test_the_previous_report_is_left_as_it_was() -> None:
    previous = report(observed(RIGHT, SLUGS))
    merged(previous, report(engine.unbooted(BUGS[:1], "no"), "no"))
    assert previous == report(observed(RIGHT, SLUGS))


def test_one_inconclusive_row_makes_all_inconclusive() -> None:
    [noisy] = observed(RIGHT, SLUGS[:1])
    part = report([replace(noisy, pairs=())])
    assert merged(report(observed(RIGHT, SLUGS)), part).verdict is Verdict.INCONCLUSIVE
