"""graders/regrade.py and graders/report/{evidence,changes,revised}.py: a second look at a saved report."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from conftest import Kit, Lay, sentence
from rich.console import Console

from graders import engine, grading, regrade, score, speed, submission
from graders.bugs import BUGS
from graders.checks import Probe
from graders.errors import NotAReport, UsageError
from graders.grading import Order
from graders.model import RULES, SLUGS, Budget, Finding, Observation, Outcome, Pair, Verdict
from graders.report import revised, schema
from graders.report.build import build
from graders.report.changes import changes
from graders.report.schema import Report

TREE = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=timezone.utc)
STARTED_AT = "2026-03-14T15:09:26+00:00"
ORDER = Order(TREE, "9.9", SLUGS, 1)
PASSED, FAILED = Outcome.PASSED, Outcome.FAILED


def observed(probe: Probe, ratio: float = 1.0, failed: str = "") -> Observation:
    checks = [*probe.checks, engine.TIMED] if probe.timed else list(probe.checks)
    findings = tuple(
        Finding(c.id, c.kind, c.weight, c.line, FAILED if c.id == failed else PASSED) for c in checks
    )
    pairs = (Pair(0.0213 * ratio, 0.0213),) * 9 if probe.timed else ()
    return Observation(probe.bug, findings, pairs, {"x": 1})


def saved(*observations: Observation, trouble: str = "", rules: int = RULES) -> Report:
    return build(
        [score.grade(observation, 7) for observation in observations],
        kit=schema.Kit(version="1.0", exercise="abc", rules=rules),
        submission=schema.Submission(
            name="ada", sha256="0" * 64, changed=[], boots=not trouble, note=trouble
        ),
        machine=schema.Machine(cpus=2, python="3.11", platform="Linux", isolation="process", noise=None),
        seed=7,
        started_at=STARTED_AT,
        seconds=1.0,
    )


def again(old: Report, workspace: Path | None = None) -> Report:
    return regrade.regrade(old, ORDER, workspace, lambda doing: None, NOW)


def shown(old: Report, new: Report, lacks: dict[str, str] | None = None) -> str:
    console = Console(file=io.StringIO(), width=80)
    console.print(revised.render(old, new, lacks or {}))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_by_the_same_rules_nothing_changes_but_who_scored_it() -> None:
    old = saved(*[observed(probe, ratio=1.7) for probe in BUGS])
    new = again(old)
    assert [bug.model_dump() for bug in new.bugs] == [bug.model_dump() for bug in old.bugs]
    assert (new.started_at, new.seed, new.seconds, new.submission) == (STARTED_AT, 7, 1.0, old.submission)
    assert new.kit.version == "9.9"
    assert new.regraded == schema.Regraded(
        at="2026-11-24T12:00:00+00:00", kit=old.kit, score=old.score, verdict=old.verdict
    )
    assert not any(change.why for change in changes(old, new))
    assert "Nothing changed." in shown(old, new)


def test_another_allowance_changes_the_verdict_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    old = saved(*[observed(probe, ratio=9) for probe in BUGS[:1]])
    assert old.verdict is Verdict.FIXED
    stricter = replace(BUGS[0], bug=replace(BUGS[0].bug, budget=Budget(4, 25)))
    monkeypatch.setattr(regrade, "BUGS", (stricter, *BUGS[1:]))
    new = again(old)
    assert new.verdict is Verdict.PARTLY_FIXED and new.score < old.score == 30
    [change] = changes(old, new)
    assert change.why == (
        "full marks up to 4 × the reference, was 12 ×",
        f"the speed is {speed.share(9, Budget(4, 25)):.0%}, was 100%",
    )
    text = shown(old, new)
    assert "fixed, 30 of 30" in text and f"partly fixed, {new.score:g} of 30" in text
    assert "full marks up to 4 ×" in text and "graded 2026-03-14 15:09 UTC" in text


def test_other_weights_count_by_what_was_seen_then(monkeypatch: pytest.MonkeyPatch) -> None:
    missing_model = BUGS[3]
    old = saved(observed(missing_model, failed="refused"))
    assert old.score == 9
    heavier = tuple(replace(c, weight=3) if c.id == "refused" else c for c in missing_model.checks)
    monkeypatch.setattr(regrade, "BUGS", (*BUGS[:3], replace(missing_model, checks=heavier)))
    new = again(old)
    assert new.score == 7.5
    [change] = changes(old, new)
    assert change.why == ("the check refused counts 3 (fail_to_pass), was 2 (fail_to_pass)",)


def without_check(report: Report) -> Report:
    bugs = [bug.model_copy(update={"checks": bug.checks[1:]}) for bug in report.bugs]
    return report.model_copy(update={"bugs": bugs})


def without_samples(report: Report) -> Report:
    speeds = [bug.speed and bug.speed.model_copy(update={"samples": []}) for bug in report.bugs]
    bugs = [bug.model_copy(update={"speed": s}) for bug, s in zip(report.bugs, speeds, strict=True)]
    return report.model_copy(update={"bugs": bugs})


@pytest.mark.parametrize(
    ("cut", "lack"), [(without_check, "it lacks the check"), (without_samples, "it holds no samples")]
)
def test_where_the_evidence_does_not_suffice_the_row_stays_and_says_why(
    cut: Callable[[Report], Report], lack: str
) -> None:
    old = cut(saved(observed(BUGS[0]), observed(BUGS[3])))
    new = again(old)
    kept = ["n-plus-one", "missing-model"] if cut is without_check else ["n-plus-one"]
    assert new.regraded and new.regraded.as_it_was == kept
    assert new.bugs[0] == old.bugs[0]
    text = shown(old, new, {slug: regrade.missing(old, slug) for slug in kept})
    assert lack in text and "--submission" in text


def test_a_check_that_asks_for_more_by_now_is_not_taken_from_an_older_report(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    newer = replace(BUGS[0], checks=tuple(replace(check, since=RULES) for check in BUGS[0].checks))
    monkeypatch.setattr(regrade, "BUGS", (newer, *BUGS[1:]))
    assert "asks for more now" in regrade.missing(saved(observed(BUGS[0]), rules=RULES - 1), "n-plus-one")
    assert not regrade.missing(saved(observed(BUGS[0])), "n-plus-one")


def test_what_did_not_start_still_did_not() -> None:
    old = saved(*engine.unbooted(BUGS, "SyntaxError"), trouble="SyntaxError")
    new = again(old)
    assert new.verdict is Verdict.NOT_FIXED and new.score == 0
    assert new.regraded and not new.regraded.as_it_was


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


def graded(folder: Path, *observations: Observation) -> Report:
    """A report of what is in this folder."""
    old = saved(*observations)
    sha256 = submission.read(folder, []).sha256
    return old.model_copy(update={"submission": old.submission.model_copy(update={"sha256": sha256})})


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


def test_the_time_of_the_grade_is_shown_in_utc() -> None:
    old = saved(observed(BUGS[3])).model_copy(update={"started_at": "2026-03-14T15:09:26+02:00"})
    assert "graded 2026-03-14 13:09 UTC" in shown(old, again(old))


def damaged(change: dict[str, Any]) -> str:
    return json.dumps({**json.loads(saved(observed(BUGS[3])).as_json()), **change})


def first_bug(**change: Any) -> dict[str, Any]:
    return {**json.loads(damaged({}))["bugs"][0], **change}


def first_check(**change: Any) -> dict[str, Any]:
    return {**first_bug()["checks"][0], **change}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is damaged or cut off, or no report of kit grade"),
        (damaged({})[:-9], "is damaged or cut off"),
        ("[" * 100_000, "is damaged or cut off"),
        ("{}", "is no report of kit grade"),
        ("[1, 2]", "is no report of kit grade"),
        (damaged({"schema": "other/v9"}), "schema"),
        (damaged({"bugs": []}), "holds no bug"),
        (damaged({"score": "many"}), "score"),
        (damaged({"score": 1001}), "score: Input should be less"),
        (damaged({"seconds": float("inf")}), "seconds"),
        (damaged({"bugs": [first_bug(correctness=float("nan"))]}), "bugs.0.correctness"),
        (damaged({"bugs": [first_bug(evidence={"x": float("nan")})]}), "bugs.0.evidence"),
        (damaged({"bugs": [first_bug(checks=[first_check(weight=-1)])]}), "bugs.0.checks.0.weight"),
        (damaged({"bugs": [first_bug(), first_bug()]}), "the bug missing-model is listed twice"),
        (
            damaged({"bugs": [first_bug(checks=[first_check(), first_check()])]}),
            "the check accepted of missing-model is listed twice",
        ),
        (damaged({"started_at": "yesterday"}), "started_at"),
        (damaged({"started_at": "2026-03-14T15:09:26"}), "started_at"),
        (damaged({"started_at": "0001-01-01T00:00:00+09:00"}), "started_at"),
        (damaged({"a\nb\x1b[2J": 1}), "a"),
        (damaged({"kit": {"rules": 99, "new": 1}}), f"newer kit \\(rules 99, this one has {RULES}\\)"),
    ],
)
def test_what_is_no_report_is_refused_in_one_sentence(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "ada.json"
    path.write_text(content)
    with pytest.raises(NotAReport, match=message) as raised:
        regrade.read(path)
    assert str(raised.value).isprintable()


def test_a_folder_is_no_report(tmp_path: Path) -> None:
    with pytest.raises(NotAReport, match="is a folder: name the file in it"):
        regrade.read(tmp_path)


def test_a_report_of_the_first_rules_is_read(tmp_path: Path) -> None:
    old = json.loads(saved(observed(BUGS[0]), rules=1).as_json())
    del old["kit"]["rules"], old["score_low"], old["score_high"], old["regraded"], old["submission"]["diff"]
    for bug in old["bugs"]:
        for name in ("score_low", "score_high", "note", "mistakes", "before", "after"):
            del bug[name]
        del bug["speed"]["samples"], bug["speed"]["noise"]
    path = tmp_path / "ada.json"
    path.write_text(json.dumps(old))
    report = regrade.read(path)
    assert report.kit.rules == 1
    assert again(report).score == report.score


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
