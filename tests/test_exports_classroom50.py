"""graders/report/classroom50.py: a result of Classroom 50, by its schema, in whole points."""

from __future__ import annotations

import itertools
import json
import math
from datetime import datetime

import pytest
from samples import report
from schemas import ASSIGNMENT, REPORTS, expect_schema

from graders.report import classroom50
from graders.report.schema import Report


@pytest.mark.parametrize("one", REPORTS)
def test_classroom50_follows_the_schema_and_adds_up(one: Report) -> None:
    read = expect_schema(classroom50.render(one, ASSIGNMENT), "classroom50")
    assert read["score"] == sum(test["score"] for test in read["tests"]) == math.ceil(one.score_low or 0)
    assert read["max-score"] == sum(test["max-score"] for test in read["tests"]) == one.points
    assert all(test["score"] <= test["max-score"] for test in read["tests"])
    exact = [test["kit_evidence"]["score_low"] for test in read["tests"]]
    assert sum(exact) == pytest.approx(one.score_low)


def test_rounding_takes_nothing_from_the_total_and_invents_no_point() -> None:
    for tenths in itertools.product((0, 1, 5, 9, 10, 149, 150), repeat=3):
        scores = [tenth / 10 for tenth in tenths]
        whole = classroom50.whole(scores)
        assert sum(whole) == math.ceil(sum(tenths) / 10)
        assert all(abs(rounded - score) < 1 for rounded, score in zip(whole, scores, strict=True))
        assert all(rounded == score for rounded, score in zip(whole, scores, strict=True) if score % 1 == 0)


def test_the_time_of_submission_never_moves() -> None:
    first, again = (
        json.loads(classroom50.render(report(regraded=regraded), ASSIGNMENT)) for regraded in (False, True)
    )
    assert first["datetime"] == again["datetime"] == "2026-09-01T10:00:00Z"
    assert "graded_at" not in first
    assert again["graded_at"] == "2026-10-01T00:00:00Z"
    given = datetime.fromisoformat("2026-08-31T23:59:59.5+00:00")
    assert json.loads(classroom50.render(report(), ASSIGNMENT, given))["datetime"] == "2026-08-31T23:59:59Z"
