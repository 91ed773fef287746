"""What a watch tells as it goes on; pure."""

from __future__ import annotations

from dataclasses import dataclass

from graders.report.schema import Report


@dataclass(frozen=True)
class Grading:
    """A grade of these bugs has begun, since these files changed: none of them at the first."""

    slugs: tuple[str, ...]
    changed: tuple[str, ...]


@dataclass(frozen=True)
class Graded:
    """It has ended. The report is of the bugs that were graded, and only of those."""

    report: Report


@dataclass(frozen=True)
class Superseded:
    """A newer save has ended the grade of these bugs; they are graded again with those that it touches."""

    slugs: tuple[str, ...]


@dataclass(frozen=True)
class Trouble:
    """There is no report, and why, in a sentence; the next save is graded as a whole."""

    sentence: str


Event = Grading | Graded | Superseded | Trouble
