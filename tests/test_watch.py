"""graders/watch.py: every save is graded, and only what it can have changed."""

from __future__ import annotations

from dataclasses import replace

import pytest
import watches
from test_merge import RIGHT, observed, report
from touches import LIST
from watches import ANALYTICS, CATALOG, HANG, READ, REPORTS, WAIT, Watched, runs

from graders import engine
from graders.bugs import BUGS
from graders.digest import digest
from graders.events import Graded, Grading, Superseded
from graders.model import SLUGS

_in_time = pytest.fixture(autouse=True)(watches.in_time)
graders = pytest.fixture(watches.graders)
watched = pytest.fixture(watches.watched)


def test_the_first_grade_is_of_all_bugs(watched: Watched) -> None:
    assert watched.next() == Grading(SLUGS, ())
    ended = watched.next()
    assert isinstance(ended, Graded)
    assert ended.report == watched.graders.report(SLUGS)


def test_a_save_grades_what_it_touches(watched: Watched) -> None:
    watched.graded()
    watched.save(CATALOG)
    assert watched.next() == Grading(LIST, (CATALOG,))
    assert isinstance(watched.next(), Graded)
    watched.save(ANALYTICS)
    assert watched.graded() == ("unstable-cache",)
    assert watched.graders.ordered == [SLUGS, LIST, ("unstable-cache",)]


def test_saves_that_change_nothing_or_touch_nothing_grade_nothing(watched: Watched) -> None:
    watched.graded()
    watched.one_by_one(
        lambda: watched.edit(CATALOG, ""),
        lambda: watched.edit("README.md"),
        lambda: watched.edit("shop.db"),
        lambda: watched.edit(REPORTS),
    )
    assert watched.next() == Grading(("zero-pool",), (REPORTS,))


def test_a_newer_save_supersedes_the_running_grade(watched: Watched) -> None:
    watched.graders.scripts = [HANG]
    assert watched.next() == Grading(SLUGS, ())
    old = watched.graders.process()
    watched.save(REPORTS)
    assert watched.next() == Superseded(SLUGS)
    assert not runs(old)
    assert watched.graders.notes.with_suffix(".left").exists()
    assert watched.next() == Grading(SLUGS, (REPORTS,))
    assert isinstance(watched.next(), Graded)


def test_what_was_superseded_is_graded_with_what_superseded_it(watched: Watched) -> None:
    watched.graded()
    watched.graders.scripts = [HANG, HANG]
    watched.save(REPORTS)
    assert watched.next() == Grading(("zero-pool",), (REPORTS,))
    watched.save(ANALYTICS)
    assert watched.next() == Superseded(("zero-pool",))
    assert watched.next() == Grading(("unstable-cache", "zero-pool"), (ANALYTICS, REPORTS))
    watched.save(CATALOG)
    assert watched.next() == Superseded(("unstable-cache", "zero-pool"))
    assert watched.graded() == SLUGS


@pytest.mark.parametrize("late", [False, True])
def test_a_save_that_touches_nothing_supersedes_nothing(watched: Watched, late: bool) -> None:
    """Whether the grade has read the workspace before it or after."""
    watched.graded()
    watched.graders.scripts = [WAIT]
    files = {**READ(watched.folder, ()).files}
    for path in (REPORTS, "README.md")[: 1 + late]:
        files[path] += b"\n"
    watched.graders.hashes = [digest(files)]
    watched.save(REPORTS)
    assert isinstance(watched.next(), Grading)
    watched.one_by_one(lambda: watched.edit("README.md"), watched.graders.notes.with_suffix(".go").touch)
    assert isinstance(watched.next(), Graded)
    assert watched.graders.ordered == [SLUGS, ("zero-pool",)]


def test_after_a_service_that_did_not_start_all_are_graded(watched: Watched) -> None:
    watched.graded()
    watched.graders.made = lambda slugs: report(engine.unbooted(BUGS[2:3], "SyntaxError"), "SyntaxError")
    watched.save(REPORTS)
    assert watched.graded() == ("zero-pool",)
    watched.graders.made = lambda slugs: report(observed(RIGHT, slugs))
    watched.save(REPORTS)
    assert watched.graded() == SLUGS


def test_an_inconclusive_bug_is_graded_with_the_next_save(watched: Watched) -> None:
    watched.graders.made = lambda slugs: report(
        [replace(one, pairs=one.pairs[: SLUGS.index(one.bug.slug)]) for one in observed(RIGHT, slugs)]
    )
    watched.graded()
    watched.save(REPORTS)
    assert watched.graded() == ("n-plus-one", "zero-pool")


def test_a_report_of_what_was_there_only_for_a_moment_is_not_shown(watched: Watched) -> None:
    watched.graders.hashes = ["another"]
    assert watched.graded() == SLUGS
    assert watched.graders.ordered == [SLUGS, SLUGS]


def test_a_report_is_taken_at_last_where_it_is_always_another(watched: Watched) -> None:
    watched.graders.hashes = ["one", "another"]
    assert watched.graded() == SLUGS
    assert watched.graders.ordered == [SLUGS, SLUGS]
