"""What a GitHub Action shows of a report: a summary of the job, and annotations of its files; pure.

Format: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands. A step shows ten
annotations of a kind and a job fifty; what is above is not shown, so the last one says how many there are.
A summary of more than 1 MiB is not shown at all, so it is cut between two lines.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from graders.model import Outcome, Verdict
from graders.report import markdown, plain
from graders.report.clean import clean
from graders.report.schema import BugReport, Check, Report

SUMMARY_BYTES = 1 << 20
MANY = 10
"""Annotations of one kind that a step shows."""
CUT = "\nThe rest is left out: a summary holds 1 MiB.\n"
PLACE = re.compile(r"(?<![\w./-])(?P<path>[\w-]+(?:/[\w-]+)*\.py), line (?P<line>[1-9]\d{0,5})(?!\d)")
"""How the checks name a place in the submission."""

Place = tuple[str, int]


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
    """Lines of workflow commands: errors for failed checks, warnings for what could not be told, the total.

    `modules` names the files of the workspace that a bug lives in, by slug; `folder` is where the workspace
    lies in the repository, None where it lies elsewhere: then no file is named.
    """
    errors = [
        _command("error", bug.slug, _message(check), _place(bug, check, report, modules), folder)
        for bug in report.bugs
        for check in plain.telling(bug)
        if check.outcome is Outcome.FAILED
    ]
    warnings = [
        _command("warning", bug.slug, "\n".join(plain.summary(bug)), None, folder)
        for bug in report.bugs
        if bug.verdict is Verdict.INCONCLUSIVE
    ]
    lines = [*_capped(errors), *warnings[:MANY], *_total(report)]
    return "".join(f"{line}\n" for line in lines)


def inert(json: str) -> str:
    """The same JSON, in which a runner finds no command: it looks for `##[` anywhere in a line."""
    return json.replace("##[", "\\u0023#[")


def _message(check: Check) -> str:
    return "\n".join((plain.promise(check), *plain.explained(check)))


def _total(report: Report) -> Iterator[str]:
    said = [plain.headline(report), plain.trouble(report.submission), plain.provenance(report)]
    yield _command("notice", "kit grade", "\n".join(line for line in said if line), None, None)


def _place(
    bug: BugReport, check: Check, report: Report, modules: Mapping[str, Sequence[str]]
) -> Place | None:
    """The line that an error came from, else the first changed file of the bug, else its first file."""
    own = modules.get(bug.slug, ())
    known: Collection[str] = {*own, *report.submission.changed}
    for found in PLACE.finditer(f"{clean(check.actual)} {clean(check.reason)}"):
        if found["path"] in known:
            return found["path"], int(found["line"])
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
