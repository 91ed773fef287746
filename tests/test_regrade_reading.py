"""graders/regrade.py: a report of any rules is read, and what is none is refused in one sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from grades import again, observed, saved

from graders import regrade
from graders.bugs import BUGS
from graders.errors import NotAReport
from graders.model import RULES


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
