"""What a GitHub Action shows of a report: a summary of the job, and annotations of its files; pure.

Format: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands. A step shows ten
annotations of a kind and a job fifty; what is above is not shown, so the last one says how many there are.
A summary of more than 1 MiB is not shown at all, so it is cut between two lines.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from graders.model import Outcome, Verdict
from graders.report import markdown, plain
from graders.report.clean import clean
from graders.report.schema import BugReport, Check, Report
from graders.speed import FAST_ENOUGH

SUMMARY_BYTES = 1 << 20
MANY = 10
"""Annotations of one kind that a step shows."""
CUT = "\nThe rest is left out: a summary holds 1 MiB.\n"
PLACE = re.compile(r"(?<![\w./-])(?P<path>[\w-]+(?:/[\w-]+)*\.py), line (?P<line>[1-9]\d{0,5})(?!\d)")
"""How the checks name a place in the submission."""

Place = tuple[str, int]


@dataclass(frozen=True)
class _Cause:
    """Why checks fail: those that share it are annotated once."""

    reason: str
    place: Place | None
    slug: str
    """Empty where the place is the error's own: then it is one cause, whatever bug's check met it."""


def render(report: Report, limit: int = SUMMARY_BYTES) -> str:
    """The summary, in Markdown, of at most so many bytes of UTF-8; empty where not even a note fits."""
    text = markdown.render(report)
    if len(text.encode()) <= limit:
        return text
    room = limit - len(CUT.encode())
    if room < 0:
        return ""
    head = text.encode()[:room]
    return head[: head.rfind(b"\n") + 1].decode() + CUT


def annotate(report: Report, modules: Mapping[str, Sequence[str]], folder: str | None = "") -> str:
    """Lines of workflow commands: errors for what fails, warnings for what is slow or open, the total.

    `modules` names the files of the workspace that a bug lives in, by slug; `folder` is where the workspace
    lies in the repository, None where it lies elsewhere: then no file is named.
    """
    errors = [*_unbooted(report, modules, folder), *_failed(report, modules, folder)]
    warnings = [line for bug in report.bugs for line in _warned(bug, report, modules, folder)]
    lines = [*_capped(errors), *_capped(warnings), *_total(report)]
    return "".join(f"{line}\n" for line in lines)


def inert(json: str) -> str:
    """The same JSON, in which a runner finds no command: it looks for `##[` anywhere in a line."""
    return json.replace("##[", "\\u0023#[")


def _unbooted(report: Report, modules: Mapping[str, Sequence[str]], folder: str | None) -> Iterator[str]:
    """Where the service does not start: at the line that keeps it from starting, where that is known."""
    if not report.submission.boots:
        known = {*report.submission.changed, *(path for own in modules.values() for path in own)}
        place = _named(report.submission.note, known)
        yield _command("error", "kit grade", plain.trouble(report.submission), place, folder)


def _failed(report: Report, modules: Mapping[str, Sequence[str]], folder: str | None) -> Iterator[str]:
    """A command for each cause, with all that is promised and fails of it."""
    found: dict[_Cause, list[tuple[BugReport, Check]]] = {}
    for bug in report.bugs:
        for check in plain.telling(bug):
            if check.outcome is Outcome.FAILED:
                cause = _cause(bug, check, report, modules)
                found.setdefault(cause, []).append((bug, check))
    named: set[str] = set()
    for cause, seen in found.items():
        bug, first = seen[0]
        message = [*(plain.promise(check) for _, check in seen), *plain.explained(first)]
        if bug.slug not in named:  # once is enough for all checks of a bug
            message += plain.mistakes(bug)
            named.add(bug.slug)
        yield _command("error", bug.slug, "\n".join(message), cause.place, folder)


def _warned(
    bug: BugReport, report: Report, modules: Mapping[str, Sequence[str]], folder: str | None
) -> Iterator[str]:
    if bug.verdict is Verdict.INCONCLUSIVE:
        yield _command("warning", bug.slug, "\n".join(plain.summary(bug)), None, folder)
    elif bug.speed and bug.speed.share < FAST_ENOUGH:
        message = [f"too slow: it takes {plain.took(bug.speed)}"]
        if not any(check.outcome is Outcome.FAILED for check in plain.telling(bug)):  # else an error did
            message += plain.mistakes(bug)
        place = _module(bug, report, modules)
        yield _command("warning", bug.slug, "\n".join(message), place, folder)


def _total(report: Report) -> Iterator[str]:
    said = [plain.headline(report), plain.trouble(report.submission), plain.provenance(report)]
    yield _command("notice", "kit grade", "\n".join(line for line in said if line), None, None)


def _cause(bug: BugReport, check: Check, report: Report, modules: Mapping[str, Sequence[str]]) -> _Cause:
    """With the line that an error came from, else the first changed file of the bug, else its first file."""
    known = {*modules.get(bug.slug, ()), *report.submission.changed}
    thrown = _named(f"{clean(check.actual)} {clean(check.reason)}", known)
    if thrown:
        return _Cause(check.reason, thrown, "")
    return _Cause(check.reason, _module(bug, report, modules), bug.slug)


def _named(text: str, known: Collection[str]) -> Place | None:
    """The first place that a text names in one of these files."""
    places = ((found["path"], int(found["line"])) for found in PLACE.finditer(text))
    return next((place for place in places if place[0] in known), None)


def _module(bug: BugReport, report: Report, modules: Mapping[str, Sequence[str]]) -> Place | None:
    own = modules.get(bug.slug, ())
    files = [path for path in own if path in report.submission.changed] or list(own)
    return (files[0], 1) if files else None


def _command(kind: str, title: str, message: str, place: Place | None, folder: str | None) -> str:
    named = {"title": title}
    if place and folder is not None:
        path, line = place
        named = {"file": f"{folder}/{path}".lstrip("/"), "line": str(line), **named}
    properties = ",".join(f"{name}={_property(value)}" for name, value in named.items())
    return f"::{kind} {properties}::{_data(message)}"


def _capped(commands: list[str]) -> list[str]:
    """At most as many as are shown; the last one says how many are not."""
    if len(commands) <= MANY:
        return commands
    left_out = len(commands) - MANY
    return [*commands[: MANY - 1], f"{commands[MANY - 1]}%0Aand {left_out} more, see the summary of the job"]


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
