"""Text that came from a submission, made harmless to look at."""

from __future__ import annotations

import re

LINE_LIMIT = 300

_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Control, zero-width, line-separating, bidirectional, tag and surrogate code points."""


def clean(text: str, limit: int = LINE_LIMIT) -> str:
    """One line without a character that a terminal obeys: such are shown as escapes; long text is cut."""
    line = " ".join(text.split("\n")).replace("\t", " ")
    line = _HARMFUL.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode(), line)
    return line if len(line) <= limit else f"{line[: limit - 3]}..."
