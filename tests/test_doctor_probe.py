"""doctor/probe.py: what a grade of the fixed exercise says about a machine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import machines
import pytest
from conftest import TREE
from machines import graded, quiet

from doctor import interview, probe
from doctor.finding import Finding, Level, ok
from doctor.interview import Interview, Means
from graders import variant
from graders.errors import ClockMoved, ReferenceFailed
from graders.model import SLUGS, Verdict
from graders.report.schema import Report

here = pytest.fixture(machines.here)


def probed(here: Interview, *reports: Report | Exception, seconds: float = 6) -> list[Finding]:
    """What is found where grades come out like this and take so long."""
    left, now = list(reports), [0.0]

    def grade(folder: Path, given: Interview, progress: interview.Progress) -> Report:
        now[0] += seconds
        report = left.pop(0)
        if isinstance(report, Exception):
            raise report
        return report

    found = list(probe.probe(here, Means(grade=grade, monotonic=lambda: now[0]), quiet))
    assert not left
    assert not list(here.temporary.iterdir())
    return found


def test_a_quick_and_quiet_machine(here: Interview) -> None:
    assert probed(here, graded()) == [
        ok("exercise", "the fixed one gets 30 of 30 in 5.9 s"),
        ok("speed", "the list takes 20 ms, noise 5%"),
    ]


def test_what_is_graded_is_the_fixed_variant(here: Interview) -> None:
    seen = {}

    def grade(folder: Path, given: Interview, progress: interview.Progress) -> Report:
        seen.update({path: (folder / path).read_text() for path in variant.exercise(TREE)})
        return graded()

    list(probe.probe(here, Means(grade=grade), quiet))
    assert seen == variant.files(TREE, SLUGS)


def test_the_worse_of_two_quick_grades_counts(here: Interview) -> None:
    found = probed(here, graded(noise=0.3), graded(milliseconds=90), seconds=4.9)
    assert found[1].level is Level.WARNING
    assert "the list takes 90 ms, noise 30%" in found[1].sentence
    failed = probed(here, graded(), graded(Verdict.PARTLY_FIXED), seconds=4.9)
    assert failed[0].level is Level.FAILURE


@pytest.mark.parametrize(
    ("report", "level", "mend"),
    [
        (graded(noise=0.25), Level.OK, ()),
        (graded(noise=0.26), Level.WARNING, ("top -o %CPU",)),
        (graded(milliseconds=100), Level.OK, ()),
        (graded(milliseconds=101), Level.WARNING, ("top -o %CPU",)),
    ],
)
def test_noise_and_slowness(here: Interview, report: Report, level: Level, mend: tuple[str, ...]) -> None:
    assert (probed(here, report)[1].level, probed(here, report)[1].mends) == (level, mend)


def test_how_a_mac_shows_what_runs(here: Interview) -> None:
    assert probed(replace(here, platform="darwin"), graded(noise=1))[1].mends == ("top -o cpu",)


@pytest.mark.parametrize(
    ("report", "level", "said"),
    [
        (graded(Verdict.PARTLY_FIXED), Level.FAILURE, "gets 10 of 30: n-plus-one, it broke."),
        (graded(Verdict.INCONCLUSIVE), Level.FAILURE, "gets 10 of 30: n-plus-one is inconclusive."),
        (graded(Verdict.NOT_FIXED, note="no socket."), Level.FAILURE, "gets 10 of 30: no socket."),
        (ReferenceFailed("It does not run."), Level.FAILURE, "It does not run."),
        (ClockMoved("It moved."), Level.WARNING, "It moved."),
    ],
)
def test_a_fixed_exercise_that_is_not_graded_as_fixed(
    here: Interview, report: Report | Exception, level: Level, said: str
) -> None:
    found = probed(here, report)[0]
    assert (found.name, found.level, bool(found.mends)) == ("exercise", level, True)
    assert found.sentence.endswith(said)
