"""graders/report/page.py: whatever a submission says, its page is to be read and does nothing."""

from __future__ import annotations

import re

import pages
import pytest
from pages import HOSTILE, Reader, old, report

from graders.report import page
from graders.report.schema import Report

harmless = pytest.fixture(scope="module")(pages.harmless)
hostile = pytest.fixture(scope="module")(pages.hostile)


def test_a_hostile_report_has_the_elements_and_attributes_of_a_harmless_one(
    harmless: str, hostile: str
) -> None:
    assert Reader(hostile).tags == Reader(harmless).tags


def test_nothing_runs_and_nothing_is_fetched(hostile: str) -> None:
    read = Reader(hostile)
    assert not {tag for tag, _ in read.tags} & {
        "script",
        "img",
        "link",
        "iframe",
        "object",
        "base",
        "form",
        "image",
    }
    assert not [
        name for name, _ in read.attributes if name.startswith("on") or name in {"src", "style", "srcset"}
    ]
    assert all(re.fullmatch(r"#[\w-]+", str(value)) for value in read.values("href"))
    assert not re.search(r"https?://|(?i:url\(\s*[\"']?(?!//evil))|@import", hostile)
    assert "default-src 'none'" in str(read.values("content"))


def test_what_a_submission_says_is_there_to_be_read_and_does_nothing(hostile: str) -> None:
    said = Reader(hostile).said()
    assert "<script>alert(1)</script>" in said
    assert "https://evil.example" in said
    assert "{{ 7 * 7 }}" in said
    assert r"\x1b[2J" in said and r"\u202egnp.exe" in said
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", hostile
    )


def test_style_is_one_sheet_that_nothing_can_end(harmless: str, hostile: str) -> None:
    sheets = [re.findall(r"<style>.*?</style>", text, re.DOTALL) for text in (harmless, hostile)]
    assert len(sheets[0]) == 1 and sheets[0] == sheets[1]


@pytest.mark.parametrize("made", [report(), report(HOSTILE, 3), old()], ids=["new", "hostile", "old"])
def test_ids_are_unique_and_every_reference_leads_somewhere(made: Report) -> None:
    read = Reader(page.render(made))
    ids = read.values("id")
    assert len(ids) == len(set(ids))
    named = {name for value in read.values("aria-labelledby") for name in str(value).split()}
    assert named | {str(value)[1:] for value in read.values("href")} <= set(ids)
