"""What a runner of GitHub's reads: workflow commands."""

from __future__ import annotations

from typing import NamedTuple


class Command(NamedTuple):
    """One workflow command, as a runner reads it."""

    kind: str
    properties: dict[str, str]
    data: str


def read(line: str) -> Command | None:
    """The grammar of the runner's ActionCommand: `::kind name=value,name=value::data`, after leading blanks.

    Properties are split before they are unescaped, and `%25` is undone last.
    """
    told = line.lstrip()
    if not told.startswith("::") or (end := told.find("::", 2)) < 0:
        return None
    kind, _, rest = told[2:end].partition(" ")
    pairs = [pair.split("=", 1) for pair in rest.strip().split(",") if "=" in pair]
    return Command(kind, {name: _plain(value, ",:") for name, value in pairs}, _plain(told[end + 2 :]))


def _plain(escaped: str, more: str = "") -> str:
    for mark in ("\r", "\n", *more, "%"):
        escaped = escaped.replace(f"%{ord(mark):02X}", mark)
    return escaped
