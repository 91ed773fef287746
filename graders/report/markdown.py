"""A report as Markdown, for a pull request, an issue or a wiki; pure.

What a submission says stands in code spans, and nothing else does: nothing in them is markup, a link, a
mention or a reference to an issue, neither for CommonMark nor for the hosts that add to it. Words of the
kit are escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from graders.model import Outcome
from graders.report import plain
from graders.report.clean import LINE_LIMIT, clean
from graders.report.schema import BugReport, Check, Report

MARKS = {Outcome.FAILED: "failed", Outcome.UNKNOWN: "could not be told"}
MANY_FILES = 30
_PUNCTUATION = re.compile(r"([\\`*_{}\[\]<>#!|~&$@^])")


def render(report: Report) -> str:
    """The whole page."""
    return "\n".join(_lines(report))


def words(text: str, limit: int = LINE_LIMIT) -> str:
    """Words of the kit as they are: within a line no character of theirs is markup."""
    return _PUNCTUATION.sub(r"\\\1", clean(text, limit))


def code(text: str) -> str:
    """A code span that holds exactly this line, whatever is in it; in a table `|` would end it."""
    line = clean(text) or "-"
    longest = max((len(run) for run in re.findall("`+", line)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if "`" in line or line != line.strip() else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def _lines(report: Report) -> Iterator[str]:
    submission = report.submission
    yield f"# {code(submission.name)}: {plain.verdict(report.verdict)}, {plain.score(report)}"
    yield ""
    if not submission.boots:
        yield f"The service does not start: {code(submission.note)}\n"
    elif submission.note:
        yield f"Note: {code(submission.note)}\n"
    if regraded := plain.regraded(report):
        yield f"{words(regraded)}\n"
    yield from _table(report)
    for bug in report.bugs:
        yield from _shortcomings(bug)
    yield f"Changed: {_files(submission.changed)}\n"
    yield words(plain.provenance(report))
    yield ""


def _table(report: Report) -> Iterator[str]:
    yield "| bug | verdict | score | right | speed | time | reference |"
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: |"
    for bug in report.bugs:
        cells = (
            words(bug.slug),
            plain.verdict(bug.verdict),
            plain.score(bug),
            plain.right(bug),
            *_speed(bug),
        )
        yield f"| {' | '.join(cells)} |"
    yield ""


def _speed(bug: BugReport) -> tuple[str, str, str]:
    if bug.speed is None:
        return "-", "-", "-"
    speed = bug.speed
    return f"{speed.share:.0%}", f"{speed.submission_ms:.0f} ms", f"{speed.reference_ms:.0f} ms"


def _shortcomings(bug: BugReport) -> Iterator[str]:
    told = plain.telling(bug)
    slow = bug.speed if bug.speed and bug.speed.share < 1 else None
    if not (told or slow or bug.note or bug.mistakes):
        return
    yield f"## {words(bug.slug)}\n"
    if bug.note:
        yield f"{words(bug.note)}\n"
    for check in told:
        yield from _explained(check)
    if slow:
        yield f"- it takes {words(plain.took(slow))}"
    yield from (f"- {words(line, 3 * LINE_LIMIT)}" for line in plain.mistakes(bug))
    yield ""


def _explained(check: Check) -> Iterator[str]:
    yield f"- {MARKS[check.outcome]}: {words(plain.promise(check))}"
    for word, said in plain.explanation(check):
        yield f"  - {word}: {words(said) if word == 'help' else code(said)}"


def _files(paths: list[str]) -> str:
    shown = ", ".join(code(path) for path in paths[:MANY_FILES]) or "nothing"
    return f"{shown} and {len(paths) - MANY_FILES} more" if len(paths) > MANY_FILES else shown
