"""graders/report/markdown.py: a page in Markdown, by a real reader."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt
from samples import HOSTILE, report

from graders.model import Outcome
from graders.report import markdown
from graders.report.clean import clean


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("boots", [True, False])
def test_markdown_of_hostile_text_is_that_text(text: str, boots: bool) -> None:
    page = markdown.render(report(text=text, boots=boots))
    blocks = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(page)
    inline = [token for block in blocks for token in block.children or ()]
    kinds = {token.type for token in (*blocks, *inline)}
    assert not kinds & {"html_block", "html_inline", "link_open", "image", "strong_open", "em_open", "s_open"}
    assert not kinds & {"hardbreak", "fence", "code_block", "blockquote_open", "hr"}
    assert [token.type for token in blocks].count("table_open") == 1
    assert [token.tag for token in blocks if token.type == "heading_open"] == ["h1", *["h2"] * 6]
    spans = {token.content.strip() for token in inline if token.type == "code_inline"}
    assert (clean(text).strip() or "-") in spans | {"-"}
    words = "".join(token.content for token in inline if token.type == "text")
    assert not {"@", "://", "www.", "#1"} & {mark for mark in ("@", "://", "www.", "#1") if mark in words}


def test_markdown_shows_the_table_and_what_is_missing() -> None:
    page = markdown.render(report(text="KeyError: 7"))
    assert "| unstable-cache | partly fixed | 25.4 of 35 | 80% | - | - | - |" in page
    assert "| noisy | inconclusive | between 4.2 and 5 of 5 | 100% | 81% | 0 ms | 0 ms |" in page
    assert "- failed: it is rest (this was right before)\n  - reason: `KeyError: 7`" in page
    assert f"- {markdown.MARKS[Outcome.UNKNOWN]}: it is fresh" in page
    assert "fails the same checks as a known wrong fix, pool-of-one: it \\*waits\\*" in page
    assert "- it takes 0 ms for 32 reports at once; full marks up to 0 ms" in page
