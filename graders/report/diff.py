"""A unified diff as files of highlighted lines; pure.

The format is that of GNU diffutils, "Detailed Description of Unified Format". Unlike `graders.patch` this
takes whatever comes: the diff of a submission may be cut, or hold anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup
from pygments import token
from pygments.lexers.python import PythonLexer

from graders.report.clean import clean

FILES = 30
LONGEST = 200
"""Characters of a line that are shown."""
HIGHLIGHTED = 500
"""Lines of one hunk that get colours."""
LINE_MARKUP, FILE_MARKUP = 40, 500
"""Bytes that the page puts around a line and around a file, at most."""

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)")
_STYLES = {
    token.Comment: "c",
    token.String: "s",
    token.Number: "n",
    token.Keyword: "k",
    token.Operator.Word: "k",
    token.Name.Function: "f",
    token.Name.Class: "f",
    token.Name.Decorator: "f",
}


@dataclass(frozen=True)
class Hunk:
    """Lines that stand together, from this line of the new file on: each a sign of " -+" and its text."""

    first: int
    within: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class File:
    """What became of one file; `state` is "new", "removed" or empty."""

    path: str
    state: str = ""
    hunks: tuple[Hunk, ...] = ()

    def count(self, signs: str) -> int:
        """Lines that have one of these signs."""
        return sum(sign in signs for hunk in self.hunks for sign, _ in hunk.lines)


@dataclass(frozen=True)
class Line:
    """As it is shown: escaped, highlighted; the sign "@" tells where in the file the next ones stand."""

    sign: str
    code: Markup


@dataclass(frozen=True)
class Shown:
    """The first lines of a file, and how many more there are."""

    file: File
    lines: tuple[Line, ...]
    left_out: int

    def bytes(self) -> int:
        return (
            FILE_MARKUP + _bytes(self.file.path) + sum(LINE_MARKUP + _bytes(one.code) for one in self.lines)
        )


def parse(diff: str) -> list[File]:
    """The files of a diff, in its order; lines that belong to none are passed over."""
    found: list[File] = []
    hunks: list[Hunk] = []
    rest = iter(diff.split("\n"))
    old = ""
    for line in rest:
        if line.startswith("--- "):
            old = _path(line)
        elif line.startswith("+++ "):
            hunks = []
            found.append(_file(old, _path(line)))
        elif (head := _HUNK.match(line)) and found:
            lines = tuple(_counted(rest, int(head[2] or 1), int(head[4] or 1)))
            hunks.append(Hunk(int(head[3]), head[5], lines))
            found[-1] = replace(found[-1], hunks=tuple(hunks))
    return found


def _path(line: str) -> str:
    """Of a line `+++ b/app/main.py`, which a tab and a time may follow."""
    path = line[4:].split("\t")[0].strip()
    return path[2:] if path.startswith(("a/", "b/")) else path


def _file(old: str, new: str) -> File:
    if new == "/dev/null":
        return File(old, "removed")
    return File(new, "new" if old == "/dev/null" else "")


def _counted(rest: Iterator[str], old: int, new: int) -> Iterator[tuple[str, str]]:
    """The lines of a hunk by its own counts: what looks like a header may be a line of a file."""
    while old > 0 or new > 0:
        line = next(rest, None)
        if line is None or line[:1] not in ("", " ", "+", "-", "\\"):
            return
        sign = line[:1] or " "
        if sign != "\\":  # a remark: no newline at the end of the file
            old -= sign != "+"
            new -= sign != "-"
            yield sign, line[1:]


def fitting(files: Sequence[File], budget: int) -> list[Shown]:
    """The first files, as many lines of each as fit in so many bytes: a long one leaves others their room."""
    shown: dict[int, Shown] = {}
    short_first = sorted(range(len(files[:FILES])), key=lambda nth: files[nth].count(" -+"))
    for done, nth in enumerate(short_first):
        one = _cut(files[nth], budget // (len(short_first) - done))
        if one.bytes() <= budget:
            shown[nth] = one
            budget -= one.bytes()
    return [shown[nth] for nth in sorted(shown)]


def _cut(file: File, budget: int) -> Shown:
    lines: list[Line] = []
    budget -= FILE_MARKUP + _bytes(file.path)
    for line in _lines(file):
        if (budget := budget - LINE_MARKUP - _bytes(line.code)) < 0:
            break
        lines.append(line)
    return Shown(file, tuple(lines), file.count(" -+") - sum(line.sign != "@" for line in lines))


def _bytes(text: str) -> int:
    return len(text.encode(errors="replace"))


def _lines(file: File) -> Iterator[Line]:
    for hunk in file.hunks:
        within = clean(hunk.within[:80].strip())
        yield Line("@", Markup("line {}{}").format(hunk.first, f", {within}" if within else ""))
        python = file.path.endswith(".py")
        olds = _highlighted((text for sign, text in hunk.lines if sign != "+"), python)
        news = _highlighted((text for sign, text in hunk.lines if sign != "-"), python)
        for sign, _ in hunk.lines:
            before = next(olds) if sign != "+" else Markup()
            yield Line(sign, before if sign == "-" else next(news))


def _highlighted(texts: Iterable[str], python: bool) -> Iterator[Markup]:
    lines = [clean(text[: LONGEST + 1].expandtabs(4), LONGEST) for text in texts]
    coloured = lines[:HIGHLIGHTED] if python else []
    yield from _coloured(coloured) if coloured else ()
    yield from map(Markup.escape, lines[len(coloured) :])


def _coloured(lines: Sequence[str]) -> list[Markup]:
    done = [Markup()]
    for kind, text in PythonLexer(stripnl=False, ensurenl=False).get_tokens("\n".join(lines)):
        style = next((_STYLES[family] for family in kind.split() if family in _STYLES), "")
        first, *later = (_styled(part, style) for part in text.split("\n"))
        done[-1] += first
        done += later
    return done


def _styled(text: str, style: str) -> Markup:
    return Markup("<b class={}>{}</b>").format(style, text) if style and text.strip() else Markup.escape(text)
