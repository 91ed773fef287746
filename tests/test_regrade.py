"""graders/regrade.py and graders/report/{evidence,changes,revised}.py: a saved report by other rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from grades import STARTED_AT, again, observed, saved, shown, without_check

from graders import engine, regrade, speed
from graders.bugs import BUGS
from graders.model import RULES, Budget, Verdict
from graders.report import schema
from graders.report.changes import changes
from graders.report.schema import Report


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


def test_the_time_of_the_grade_is_shown_in_utc() -> None:
    old = saved(observed(BUGS[3])).model_copy(update={"started_at": "2026-03-14T15:09:26+02:00"})
    assert "graded 2026-03-14 13:09 UTC" in shown(old, again(old))
