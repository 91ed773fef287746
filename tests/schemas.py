"""The schemas of other tools, and reports to hold against them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import xmlschema
from samples import HOSTILE, report

from graders.report.classroom50 import Assignment

FORMATS = Path(__file__).parent / "formats"
JUNIT = xmlschema.XMLSchema(FORMATS / "junit.xsd")
TEXTS = ("500", *HOSTILE)
REPORTS = [report(text=text, boots=boots) for text in TEXTS for boots in (True, False)]

ASSIGNMENT = Assignment(
    classroom="shop",
    assignment="debug",
    submission="submit/2026-09-01T10-00-00Z-a1b2c3d",
    commit="https://example.org/commit/1",
    release="https://example.org/releases/1",
    review="https://example.org/compare/0...1",
    owner="ada",
    kind="individual",
)


def expect_schema(text: str, name: str) -> Any:
    read = json.loads(text)
    jsonschema.validate(read, json.loads((FORMATS / f"{name}.schema.json").read_text()))
    return read
