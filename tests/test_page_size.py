"""graders/report/page.py: a page of a huge report stays small, and says what it leaves out."""

from __future__ import annotations

import re

import pytest
from pages import DIFF, HOSTILE, Reader, bug, report

from graders.report import page


@pytest.mark.parametrize("text", ["", HOSTILE * 20, "\"'<&" * 500, "\U0001f40d" * 500], ids=str.__len__)
def test_a_huge_report_stays_small_and_says_what_it_leaves_out(text: str) -> None:
    made = report(text, 50, [bug(f"bug{nth}", text, 50) for nth in range(12)])
    long = "--- a/x.py\n+++ b/x.py\n@@ -0,0 +1,40000 @@\n" + "+x = 'a long line'\n" * 40_000
    submission = made.submission.model_copy(update={"diff": made.submission.diff + long})
    shown = page.render(made.model_copy(update={"submission": submission}))
    assert len(shown.encode()) <= 100_000
    said = Reader(shown).said()
    assert re.search(r"\d+ more failed checks are left out here", said)
    assert re.search(r"\d+ more changed files are left out here", said)
    assert re.search(r"The first \d+ are drawn, \d+ more are left out here", said)
    assert "6 more bugs are left out here" in said


def test_a_long_diff_leaves_short_files_their_room() -> None:
    long = "--- a/a.py\n+++ b/a.py\n@@ -0,0 +1,40000 @@\n" + "+x = 'a long line'\n" * 40_000
    made = report()
    submission = made.submission.model_copy(update={"diff": long + DIFF})
    shown = page.render(made.model_copy(update={"submission": submission}))
    said = Reader(shown).said()
    assert "a.py +40000 −0" in said
    assert re.search(r"39\d\d\d more lines of this file are left out here", said)
    assert "def plain" in said
    assert 80_000 < len(shown.encode()) <= 100_000
