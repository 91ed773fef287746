"""graders/report/schema.py: the public format."""

from __future__ import annotations

import json

import jsonschema
from conftest import TREE
from screens import report

from graders.report.schema import Report

SCHEMA = TREE / "docs" / "report.schema.json"


def test_scores_add_up() -> None:
    made = report()
    assert [bug.score for bug in made.bugs] == [22.5, 0.0]
    assert (made.score, made.points, made.verdict) == (22.5, 40, "regressed")


def test_the_json_follows_the_published_schema_and_reads_back() -> None:
    made = json.loads(report().as_json())
    jsonschema.validate(made, json.loads(SCHEMA.read_text()))
    assert made["schema"] == "debugkit/report/v1"
    assert Report.model_validate(made) == report()


def test_the_published_schema_is_current() -> None:
    """Write it anew with: scripts/schema"""
    assert json.loads(SCHEMA.read_text()) == Report.model_json_schema()
