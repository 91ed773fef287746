"""Which statements of a request are the same but for their values; pure."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from graders.report.schema import Trace

LETTERS = "ABCDEF"
OTHER = "…"
LONGEST = 1000
"""Characters of a statement that are looked at."""

_VALUE = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")
_LIST = re.compile(r"\?(?:\s*,\s*\?)+")


@dataclass(frozen=True)
class Shape:
    """Statements that differ in values only: the letter they go by, their text, how many of a trace."""

    letter: str
    sql: str
    count: int


@functools.lru_cache(maxsize=2048)
def shape(sql: str) -> str:
    """The statement on one line, with a question mark for each value, and for each list of values."""
    return _LIST.sub("?, …", _VALUE.sub("?", " ".join(sql[:LONGEST].split())))


def letters(traces: Iterable[Trace | None]) -> dict[str, str]:
    """A letter for each shape in the order in which they are met; the last ones share one."""
    met = dict.fromkeys(shape(one.sql) for trace in traces if trace for one in trace.statements)
    return {text: (LETTERS[nth] if nth < len(LETTERS) else OTHER) for nth, text in enumerate(met)}


def shapes(trace: Trace, named: dict[str, str]) -> list[Shape]:
    """What a trace holds, by its letters; those without one of their own stand last and together."""
    counts = Counter(shape(one.sql) for one in trace.statements)
    own = [Shape(named[sql], sql, count) for sql, count in counts.items() if named[sql] != OTHER]
    others = sum(count for sql, count in counts.items() if named[sql] == OTHER)
    return own + ([Shape(OTHER, "other statements", others)] if others else [])
