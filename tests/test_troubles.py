"""Submissions that do not work: each ends in an honest report, in bounded time, and sinks no other bug."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import TREE, Lay, grade, verdicts

from graders import submission, variant
from graders.errors import NotAWorkspace, UsageError
from graders.model import SLUGS, Limits, Outcome

SHORT = Limits(boot=8, answer=1.5, trial=40, bug=10)


def test_a_service_that_does_not_import_is_graded_with_nothing(lay: Lay) -> None:
    report = grade(lay(SLUGS, "never_boots"), limits=SHORT)
    assert not report.submission.boots
    assert report.submission.note == "app/main.py, line 1: RuntimeError: the shop is closed"
    assert (report.score, set(verdicts(report).values())) == (0, {"not_fixed"})


@pytest.mark.slow
def test_a_service_that_hangs_on_start_is_graded_with_nothing(lay: Lay) -> None:
    report = grade(lay(SLUGS, "hangs_on_start"), limits=Limits(boot=3))
    assert not report.submission.boots
    assert report.submission.note == "no answer within 3 s"
    assert report.score == 0


@pytest.mark.parametrize(
    "slugs", [SLUGS[2:], pytest.param(SLUGS, marks=pytest.mark.slow)], ids=lambda slugs: f"{len(slugs)} bugs"
)
def test_a_crash_in_one_route_costs_that_bug_alone(lay: Lay, slugs: tuple[str, ...]) -> None:
    report = grade(lay(SLUGS, "crashes_mid_run"), slugs, SHORT)
    assert verdicts(report) == {**dict.fromkeys(slugs, "fixed"), "zero-pool": "not_fixed"}
    assert report.score == report.points - 20


def test_a_service_that_never_answers_ends_in_time(lay: Lay) -> None:
    limits = Limits(boot=8, answer=0.5, trial=20, bug=5, restarts=1)
    report = grade(lay(SLUGS, "never_answers"), limits=limits)
    assert report.submission.boots
    assert set(verdicts(report).values()) == {"not_fixed"}
    reasons = {check.reason for bug in report.bugs for check in bug.checks}
    assert any("no answer within" in reason for reason in reasons)
    assert any("it stopped answering again and again" in reason for reason in reasons)
    assert report.seconds < limits.trial + 4 * limits.boot


@pytest.mark.slow
def test_a_list_that_is_down_costs_neither_the_pool_nor_the_model(lay: Lay) -> None:
    report = grade(lay(SLUGS, "list_is_down"), limits=SHORT)
    assert verdicts(report) == {**dict.fromkeys(SLUGS, "fixed"), "n-plus-one": "not_fixed"}
    failed = next(check for check in report.bugs[0].checks if check.outcome is Outcome.FAILED)
    assert failed.actual == "app/catalog.py, line 7: RuntimeError: no list today"


@pytest.mark.slow
def test_a_held_lock_is_the_submissions_own_fault(lay: Lay) -> None:
    report = grade(lay(SLUGS, "locks_its_database"), ["zero-pool", "missing-model"], limits=SHORT)
    assert verdicts(report)["zero-pool"] in {"not_fixed", "regressed"}
    assert all(
        check.outcome is not Outcome.UNKNOWN
        for bug in report.bugs
        for check in bug.checks
        if check.weight > 1
    )


@pytest.mark.slow
def test_the_time_for_all_requests_is_limited(lay: Lay) -> None:
    limits = Limits(boot=8, answer=5, trial=0.5, bug=0.5)
    report = grade(lay(SLUGS, "never_answers"), ["n-plus-one"], limits)
    reasons = {check.reason for bug in report.bugs for check in bug.checks}
    assert any("the time for this submission is up" in reason for reason in reasons)


def test_nonsense_fails_and_never_trips_the_grader(lay: Lay) -> None:
    report = grade(lay(SLUGS, "answers_nonsense"), limits=SHORT)
    assert report.score == 0
    assert set(verdicts(report).values()) <= {"not_fixed", "regressed"}


@pytest.mark.slow
def test_tables_of_another_shape_are_replaced_and_that_is_said(lay: Lay) -> None:
    report = grade(lay(SLUGS, "breaks_the_tables"), ["missing-model"])
    assert report.verdict == "fixed"
    assert "cannot be filled" in report.submission.note


def test_own_indexes_and_views_count_and_hide_no_statement(lay: Lay) -> None:
    report = grade(lay(SLUGS, "own_database_objects"), ["n-plus-one"])
    assert report.submission.note == ""
    outcomes = {check.id: check.outcome for check in report.bugs[0].checks}
    assert outcomes["views-statements"] is outcomes["costs-statements"] is Outcome.FAILED
    assert report.verdict == "not_fixed"


def test_a_folder_without_the_exercise_is_no_workspace(tmp_path: Path) -> None:
    with pytest.raises(NotAWorkspace, match=r"app/main\.py"):
        grade(tmp_path)


def test_too_much_in_a_folder_is_refused(lay: Lay) -> None:
    folder = lay()
    for nth in range(2001):
        (folder / f"{nth}.txt").touch()
    with pytest.raises(UsageError, match="more than 2000 files"):
        grade(folder)


def test_what_does_not_belong_is_left_out(lay: Lay) -> None:
    folder = lay(SLUGS)
    (folder / "venv" / "lib").mkdir(parents=True)
    (folder / "venv" / "pyvenv.cfg").touch()
    (folder / "venv" / "lib" / "x.py").touch()
    (folder / ".git").mkdir()
    (folder / ".git" / "config").touch()
    (folder / "shop.db").write_text("not a database")
    (folder / "secret.py").symlink_to("/etc/passwd")
    (folder / "app" / "notes.txt").write_text("mine")
    found = submission.read(folder, [variant.exercise(TREE)])
    assert set(found.files) == {*variant.exercise(TREE), "app/notes.txt"}
    assert set(found.changed) == {
        "app/analytics.py",
        "app/catalog.py",
        "app/database.py",
        "app/notes.txt",
    }
