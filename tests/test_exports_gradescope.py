"""graders/report/gradescope.py: a results.json, by its schema and by a real reader."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from gslocal import results as gslocal  # type: ignore[import-untyped]
from samples import bug, report
from schemas import REPORTS, expect_schema

from graders.model import Verdict
from graders.report import gradescope
from graders.report.schema import Report


@pytest.mark.parametrize("one", REPORTS)
def test_gradescope_follows_the_schema_and_a_reader_adds_it_up(
    one: Report, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = gradescope.render(one)
    read = expect_schema(text, "gradescope")
    assert read["score"] == one.score_low == pytest.approx(sum(row.get("score", 0) for row in read["tests"]))
    (tmp_path / "results.json").write_text(text)
    gslocal.format_results(tmp_path / "results.json")
    assert f"{one.score_low:.2f} / {one.points:.2f}" in capsys.readouterr().out


def test_gradescope_numbers_bugs_and_checks_and_leaves_open_what_is() -> None:
    read = json.loads(gradescope.render(report(), datetime.fromisoformat("2026-09-01T10:00:00-07:00")))
    rows = {row["number"]: row for row in read["tests"]}
    assert (rows["1"]["status"], rows["2"]["status"], rows["2.2"]["status"]) == ("passed", "failed", "failed")
    assert "score" not in rows["2.2"]
    assert "status" not in rows["4"]
    assert "between 4.2 and 5 of 5" in rows["4"]["output"]
    assert "between 66.9 and 72.7 of 120" in read["output"]
    assert "pool-of-one: it *waits*" in rows["6"]["output"]
    assert read["extra_data"]["kit"]["submitted_at"] == "2026-09-01T17:00:00+00:00"
    assert [place["name"] for place in read["leaderboard"]] == ["points", "share of the possible speed-up"]


def test_gradescope_shares_are_compared_over_all_bugs() -> None:
    rows = [bug("a", 1, 1, Verdict.FIXED), bug("b", 1, 0, Verdict.NOT_FIXED)]
    assert json.loads(gradescope.render(report(rows)))["leaderboard"][1]["value"] == 0.5
