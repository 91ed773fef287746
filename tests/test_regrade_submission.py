"""graders/regrade.py: what a report lacks is observed again, on the submission that was graded then."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Kit, Lay, sentence
from grades import again, graded, observed, saved, without_check

from graders import grading
from graders.bugs import BUGS
from graders.errors import UsageError
from graders.grading import Order
from graders.report.schema import Report


def test_another_submission_than_the_one_graded_is_refused(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "main.py").write_text("x = 1\n")
    with pytest.raises(UsageError, match="is not what was graded then"):
        again(saved(observed(BUGS[3])), tmp_path)


def test_a_submission_is_looked_at_also_where_nothing_must_run(kit_here: Kit, tmp_path: Path) -> None:
    (tmp_path / "ada.json").write_text(saved(observed(BUGS[3])).as_json())
    said = sentence(kit_here("regrade", "ada.json", "--submission", "gone"))
    assert "gone is no folder with an app/main.py" in said
    assert not list(tmp_path.glob("*regraded*"))


def test_a_report_that_is_kept_in_the_folder_is_no_part_of_what_was_graded(lay: Lay, kit_here: Kit) -> None:
    folder = lay()
    (folder / "report.json").write_text(graded(folder, observed(BUGS[3])).as_json())
    for _ in range(2):  # then its report lies there too
        assert kit_here("regrade", "report.json", "--submission", ".", cwd=folder).returncode == 0
    (folder / "ada.html").write_text("a page")
    said = sentence(kit_here("regrade", "report.json", "--submission", ".", cwd=folder))
    assert ". is not what was graded then" in said
    assert said.endswith("name the folder as it was handed in, without ada.html.\n")


def test_a_report_that_was_printed_into_the_folder_was_empty_when_it_was_graded(lay: Lay) -> None:
    folder = lay()
    (folder / "report.json").touch()
    old = graded(folder, observed(BUGS[3]))
    told = old.submission.model_copy(update={"changed": ["report.json"]})
    old = old.model_copy(update={"submission": told})
    (folder / "report.json").write_text(old.as_json())
    assert again(old, folder).score == 15
    (folder / "other.json").touch()
    with pytest.raises(UsageError, match="is not what was graded then"):
        again(old, folder)


def test_what_is_run_again_is_run_with_patience_and_said(
    lay: Lay, kit_here: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, orders = lay(), []
    old = without_check(graded(folder, observed(BUGS[0]), observed(BUGS[3])))
    (folder / "report.json").write_text(old.as_json())

    def grade(workspace: Path, order: Order, progress: object) -> Report:
        orders.append(order)
        return graded(workspace, *[observed(probe) for probe in BUGS if probe.bug.slug in order.slugs])

    monkeypatch.setattr(grading, "grade", grade)
    done = kit_here("regrade", "report.json", "--submission", ".", "--patience", "3", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "Observed again, on this machine: n-plus-one, missing-model." in done.stdout
    assert [(order.patience, order.seed) for order in orders] == [(3, 7)]


def test_a_workspace_that_is_edited_while_it_runs_again_is_refused(
    lay: Lay, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = lay()
    old = without_check(graded(folder, observed(BUGS[3])))
    monkeypatch.setattr(grading, "grade", lambda *given: saved(observed(BUGS[3])))
    with pytest.raises(UsageError, match="was edited while it ran again"):
        again(old, folder)
