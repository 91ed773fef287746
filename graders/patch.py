"""Unified diffs, applied strictly: every hunk's old lines must occur exactly once.

No line numbers, no fuzz, no outside program: a patch fits or it raises. The format is that of
GNU diffutils, "Detailed Description of Unified Format".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graders.errors import PatchConflict

Files = dict[str, str]
"""A small source tree: the text of each file by its path, with forward slashes."""


@dataclass(frozen=True)
class Hunk:
    """Lines of one file that are replaced together, context included."""

    path: str
    old: str
    new: str


@dataclass(frozen=True)
class Patch:
    """A diff, and the text that stands above it."""

    header: str
    hunks: tuple[Hunk, ...]


def parse(text: str) -> Patch:
    """Read a unified diff. Raises PatchConflict on a line that belongs to no hunk."""
    lines = text.splitlines(keepends=True)
    start = next((i for i, line in enumerate(lines) if line.startswith("--- a/")), len(lines))
    return Patch("".join(lines[:start]).strip(), tuple(_hunks(lines[start:])))


def _hunks(lines: list[str]) -> Iterable[Hunk]:
    path, old, new = "", "", ""
    for line in lines:
        if line.startswith(("--- ", "+++ ", "@@ ")):
            if old or new:
                yield Hunk(path, old, new)
            path, old, new = (line[6:].strip() if line[:4] == "+++ " else path), "", ""
        elif line[0] in " -+":
            old += line[1:] * (line[0] != "+")
            new += line[1:] * (line[0] != "-")
        else:
            raise PatchConflict(f"Not a line of a unified diff: {line.rstrip()!r}.")
    if old or new:
        yield Hunk(path, old, new)


def apply(patches: Iterable[Patch], files: Mapping[str, str]) -> Files:
    """All patches on all files, or PatchConflict and nothing."""
    patched = dict(files)
    for patch in patches:
        for hunk in patch.hunks:
            patched[hunk.path] = _replaced(hunk, patched.get(hunk.path, ""))
    return patched


def _replaced(hunk: Hunk, text: str) -> str:
    at = _find(hunk.old, text, 0)
    if at < 0 or _find(hunk.old, text, at + 1) >= 0:
        count = "not" if at < 0 else "more than once"
        raise PatchConflict(
            f"{hunk.path} was edited where the patch applies: these lines occur {count} in it:\n{hunk.old}"
        )
    return text[:at] + hunk.new + text[at + len(hunk.old) :]


def _find(lines: str, text: str, start: int) -> int:
    """Where `lines` begin in `text`, at the start of a line; -1 if they do not."""
    if start == 0 and text.startswith(lines):
        return 0
    at = text.find("\n" + lines, max(start - 1, 0))
    return at + 1 if at >= 0 else -1
