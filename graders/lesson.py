"""What solutions/<slug>/lesson.md says, by section; pure."""

from __future__ import annotations

import re

HINTS = 3
SECTIONS = (
    "Symptom",
    "Cause",
    *(f"Hint {nth + 1}" for nth in range(HINTS)),
    "Why the fix works",
    "Afterwards",
)


def sections(text: str) -> dict[str, str]:
    """The body under each `## ` heading, by its title."""
    parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)[1:]
    return {title.strip(): body.strip() for title, body in zip(parts[::2], parts[1::2], strict=True)}
