"""Unified diffs, applied strictly: every hunk's old lines must occur exactly once.

No line numbers, no fuzz, no outside program: a patch fits or it raises. The format is that of
GNU diffutils, "Detailed Description of Unified Format".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from graders.errors import PatchConflict

Files = dict[str, str]
"""A small source tree: the text of each file by its path, with forward slashes."""


@dataclass(frozen=True)
class Hunk:
    """Lines of one file that are replaced together, context included; the `nth` of that file, from 1."""

    path: str
    old: str
    new: str
    nth: int = 1


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
    path, old, new, nth = "", "", "", 0
    for line in lines:
        if line.startswith(("--- ", "+++ ", "@@ ")):
            if old or new:
                yield Hunk(path, old, new, nth)
            old, new, nth = "", "", nth + (line[:3] == "@@ ")
            if line[:4] == "+++ ":
                path, nth = line[6:].strip(), 0
        elif line[0] in " -+":
            old += line[1:] * (line[0] != "+")
            new += line[1:] * (line[0] != "-")
        else:
            raise PatchConflict(f"Not a line of a unified diff: {line.rstrip()!r}.")
    if old or new:
        yield Hunk(path, old, new, nth)


def reverse(patch: Patch) -> Patch:
    """The patch that takes it back."""
    return replace(patch, hunks=tuple(Hunk(h.path, h.new, h.old, h.nth) for h in patch.hunks))


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
        count = "do not occur" if at < 0 else "occur more than once"
        raise PatchConflict(
            f"{hunk.path} was edited where hunk {hunk.nth} of the patch applies, so nothing was changed; "
            f"these lines {count} in it:\n{hunk.old.rstrip()}"
        )
    return text[:at] + hunk.new + text[at + len(hunk.old) :]


def _find(lines: str, text: str, start: int) -> int:
    """Where `lines` begin in `text`, at the start of a line; -1 if they do not."""
    if start == 0 and text.startswith(lines):
        return 0
    at = text.find("\n" + lines, max(start - 1, 0))
    return at + 1 if at >= 0 else -1
