"""kit regrade: the new report is written beside the old one, printed and exported."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import Kit, sentence
from grades import STARTED_AT, observed, saved, without_check

from graders.bugs import BUGS
from graders.report.schema import Report


def test_the_new_report_is_written_beside_the_old_one_and_never_over_another(
    kit_here: Kit, tmp_path: Path
) -> None:
    old = saved(*[observed(probe) for probe in BUGS])
    (tmp_path / "ada.json").write_text(f"{old.as_json()}\n")
    for name in ("ada.regraded.json", "ada.regraded-2.json"):
        done = kit_here("regrade", "ada.json")
        assert done.returncode == 0 and f"written to {name}" in done.stdout
        assert Report.model_validate_json((tmp_path / name).read_text()).started_at == STARTED_AT
    assert (tmp_path / "ada.json").read_text() == f"{old.as_json()}\n"
    assert sorted(path.name for path in tmp_path.glob("*ada*")) == [
        "ada.json",
        "ada.regraded-2.json",
        "ada.regraded.json",
    ]


def test_bugs_that_could_not_be_scored_again_are_exit_code_3(kit_here: Kit, tmp_path: Path) -> None:
    (tmp_path / "ada.json").write_text(without_check(saved(observed(BUGS[3]))).as_json())
    done = kit_here("regrade", "ada.json")
    assert done.returncode == 3
    assert "--submission" in done.stdout


def test_the_new_report_is_printed_and_exported(kit_here: Kit, tmp_path: Path) -> None:
    (tmp_path / "ada.json").write_text(saved(observed(BUGS[3])).as_json())
    done = kit_here("regrade", "ada.json", "--json", "--export-markdown", "ada.md")
    assert Report.model_validate_json(done.stdout).regraded
    assert "15 of 15" in (tmp_path / "ada.md").read_text()


def test_no_export_takes_the_place_of_a_report(kit_here: Kit, tmp_path: Path) -> None:
    text = saved(observed(BUGS[3])).as_json()
    (tmp_path / "ada.json").write_text(text)
    os.link(tmp_path / "ada.json", tmp_path / "linked.json")
    for name in ("ada.json", "linked.json"):
        said = sentence(kit_here("regrade", "ada.json", "--export-html", name))
        assert f"--export-html would overwrite {name}, which is read" in said
    assert (tmp_path / "ada.json").read_text() == text and not list(tmp_path.glob("*regraded*"))
    done = kit_here("regrade", "ada.json", "--export-html", "ada.regraded.json")
    assert "written to ada.regraded-2.json" in done.stdout
    assert (tmp_path / "ada.regraded.json").read_text().startswith("<!doctype html>")


@pytest.mark.parametrize(("name", "words"), [("none.json", "none.json"), ("bad.json", "is damaged")])
def test_what_cannot_be_read_is_one_sentence(kit_here: Kit, tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "bad.json").write_text("{")
    done = kit_here("regrade", name)
    assert done.returncode == 2 and words in done.stderr and done.stderr.count("\n") == 1
    assert not list(tmp_path.glob("*regraded*"))
