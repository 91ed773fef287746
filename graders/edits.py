"""What a submission changed, as a unified diff from what was handed out; pure.

The format is that of GNU diffutils, "Detailed Description of Unified Format".
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence

from graders.patch import Files

LINES_LIMIT = 1500
LINE_CHARACTERS = 400


def diff(files: Mapping[str, bytes], changed: Sequence[str], handed_out: Sequence[Files]) -> str:
    """All changed files, each against the tree to which it is nearest; cut, and said so, where it is long."""
    lines = [line for path in changed for line in _nearest(path, files.get(path), handed_out)]
    left_out = len(lines) - LINES_LIMIT
    told = [f"... and {left_out} more lines"] if left_out > 0 else []
    return "".join(f"{line}\n" for line in [*lines[:LINES_LIMIT], *told])


def _nearest(path: str, content: bytes | None, handed_out: Sequence[Files]) -> list[str]:
    """The shortest of the diffs from each tree."""
    new = None if content is None else _lines(content)
    old = {tree.get(path) for tree in handed_out}
    found = [list(_unified(path, None if text is None else _lines(text.encode()), new)) for text in old]
    return min(found, key=len)


def _lines(content: bytes) -> list[str]:
    """Of a text; one line that says so for anything else."""
    if b"\0" in content:
        return [f"(not a text: {len(content)} bytes)"]
    return content.decode("utf-8", "replace").splitlines()


def _unified(path: str, old: list[str] | None, new: list[str] | None) -> Iterator[str]:
    names = ("/dev/null" if old is None else f"a/{path}", "/dev/null" if new is None else f"b/{path}")
    for line in difflib.unified_diff(old or [], new or [], *names, lineterm=""):
        yield line if len(line) <= LINE_CHARACTERS else f"{line[:LINE_CHARACTERS]}..."
