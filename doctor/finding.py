"""What was found out about a machine: fine, worth a warning, or the end of an interview; pure."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass


class Level(enum.StrEnum):
    """How bad it is. FAILURE means that an interview on this machine would fail."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: a short sentence, and the commands that mend it, ready to be pasted."""

    name: str
    level: Level
    sentence: str
    mends: tuple[str, ...] = ()


def ok(name: str, sentence: str) -> Finding:
    """Nothing to do."""
    return Finding(name, Level.OK, sentence)


def warning(name: str, sentence: str, *mends: str) -> Finding:
    """It may go wrong."""
    return Finding(name, Level.WARNING, sentence, mends)


def failure(name: str, sentence: str, *mends: str) -> Finding:
    """It will go wrong."""
    return Finding(name, Level.FAILURE, sentence, mends)


def would_fail(findings: Iterable[Finding]) -> bool:
    """Whether an interview on this machine would fail."""
    return any(finding.level is Level.FAILURE for finding in findings)
