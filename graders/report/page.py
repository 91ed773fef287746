"""A report as one page of HTML that needs nothing else: no script, no address, at most LIMIT bytes; pure."""

from __future__ import annotations

import functools
import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import jinja2
from markupsafe import Markup

from graders.model import NOT_STARTED, NOT_TRIED, NOTHING_YET, SLUGS, Kind, Outcome, Verdict
from graders.report import diff, plain, statements, svg
from graders.report.clean import clean
from graders.report.schema import BugReport, Check, Report, Trace
from graders.report.text import awarded, groups

LIMIT = 100_000
MARGIN = 1000
"""Bytes for what is said about files that are left out."""
BUGS = 6


@dataclass(frozen=True)
class Caps:
    """How much is shown: characters of a text, entries of a list, statements and samples of a picture.

    `room` is how many bytes a long diff is to have at least.
    """

    text: int
    entries: int
    statements: int
    samples: int
    room: int


CAPS = (
    Caps(300, 40, 24, 40, 25_000),
    Caps(160, 20, 16, 20, 15_000),
    Caps(80, 8, 8, 10, 10_000),
    Caps(24, 2, 4, 5, 0),
)


@dataclass(frozen=True)
class Panel:
    """The statements of one request, before or after, as a picture and by their shapes.

    `part` says which are drawn, where it is not all.
    """

    name: str
    trace: Trace
    part: str
    picture: Markup
    shapes: Sequence[statements.Shape]


@dataclass(frozen=True)
class Section:
    """One bug; `name` starts its ids. `failed` are checks that one explanation holds for, `quiet`
    those that came to nothing, by heading and why; `first` is set where nothing was timed before it.
    """

    name: str
    bug: BugReport
    picture: Markup | None
    panels: Sequence[Panel]
    failed: Sequence[Sequence[Check]]
    quiet: dict[tuple[str, str], list[Check]]
    passed: Sequence[Check]
    first: bool


def render(report: Report) -> str:
    """The whole document. Where a report holds too much, it says what is left out."""
    files = diff.parse(report.submission.diff)
    page = ""
    for caps in CAPS:
        document = _document(report, caps, len(files))
        room = LIMIT - _bytes(document([])) - MARGIN
        shown = diff.fitting(files, room)
        page = document(shown)
        enough = room >= caps.room or (len(shown) == len(files) and not any(one.left_out for one in shown))
        if enough and _bytes(page) <= LIMIT:
            break
    return page


def _bytes(text: str) -> int:
    return len(text.encode())


def _document(report: Report, caps: Caps, files: int) -> Callable[[Sequence[diff.Shown]], str]:
    """What makes the page of the files that it is to show, out of so many."""
    template = _templates(caps).get_template("page.html.j2")
    timed = [bug.slug for bug in report.bugs if bug.speed]
    sections = [
        _section(f"bug{nth + 1}", bug, caps, first=bug.slug in timed[:1])
        for nth, bug in enumerate(report.bugs[:BUGS])
    ]
    values = {"report": report, "caps": caps, "sections": sections, "command": _command(report)}

    def document(shown: Sequence[diff.Shown]) -> str:
        text = template.render(values, files=shown, files_left_out=files - len(shown))
        return text.replace("://", ":&#47;/")  # an address in a text is none, not even to a search

    return document


def _templates(caps: Caps) -> jinja2.Environment:
    templates = jinja2.Environment(
        loader=jinja2.PackageLoader("graders.report", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=functools.partial(_harmless, limit=caps.text),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals.update(
        words=plain.verdict,
        tally=_tally,
        plain=plain,
        total=awarded,
        time=svg.time,
        weighs=_weighs,
        seen=_seen,
        short=functools.partial(clean, limit=60),
        day=_day,
        Kind=Kind,
    )
    return templates


def _harmless(value: object, limit: int) -> object:
    """What every value goes through before it is escaped; markup of our own is as it is."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return clean(value[: limit + 1], limit)  # what is cut off need not be cleaned
    return value


def _section(name: str, bug: BugReport, caps: Caps, first: bool) -> Section:
    rest = [check for check in bug.checks if check.outcome is not Outcome.PASSED]
    return Section(
        name=name,
        bug=bug,
        picture=svg.latency(bug.speed, f"{name}-time", caps.samples) if bug.speed else None,
        panels=_panels(name, bug, caps),
        failed=groups([check for check in rest if not _quiet(check)]),
        quiet=_by_reason(filter(_quiet, rest)),
        passed=[check for check in bug.checks if check.outcome is Outcome.PASSED],
        first=first,
    )


def _quiet(check: Check) -> bool:
    repeats = check.reason.startswith((NOTHING_YET, NOT_TRIED, NOT_STARTED))
    return repeats or check.outcome is Outcome.UNKNOWN


def _by_reason(checks: Iterable[Check]) -> dict[tuple[str, str], list[Check]]:
    found: dict[tuple[str, str], list[Check]] = {}
    for check in checks:
        unknown = check.outcome is Outcome.UNKNOWN
        reason = "another check failed" if check.reason.startswith(NOT_TRIED) else check.reason
        costs = "This costs nothing" if unknown else "This counts as failed"
        why = f"{reason[:1].upper()}{reason[1:]}. {costs}."
        found.setdefault(("Could not tell" if unknown else "Not tried", why), []).append(check)
    return found


def _panels(name: str, bug: BugReport, caps: Caps) -> list[Panel]:
    """On one scale, so that before and after compare."""
    named = statements.letters((bug.before, bug.after))
    until = svg.reach((bug.before, bug.after), caps.statements)
    return [
        Panel(
            name=when,
            trace=trace,
            part=svg.part(trace, caps.statements),
            picture=svg.waterfall(trace, named, until, f"{name}-{when}", caps.statements),
            shapes=statements.shapes(trace, named),
        )
        for when, trace in (("before", bug.before), ("after", bug.after))
        if trace
    ]


def _tally(report: Report) -> str:
    """How many bugs got which verdict."""
    counts = Counter(bug.verdict for bug in report.bugs)
    if len(counts) == 1:
        return f"all {len(report.bugs)} bugs" if len(report.bugs) > 1 else ""
    return ", ".join(f"{counts[verdict]} {plain.verdict(verdict)}" for verdict in Verdict if counts[verdict])


def _weighs(check: Check, bug: BugReport) -> str:
    """What part of being right a check is."""
    counted = [
        one.weight for one in bug.checks if one.kind is Kind.NOW_RIGHT and one.outcome is not Outcome.UNKNOWN
    ]
    return f"{check.weight} of {sum(counted)}" if check.kind is Kind.NOW_RIGHT else ""


def _seen(name: str, value: float | bool | str) -> str:
    """A piece of evidence, with its unit if its name ends with it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return svg.time(value) if name.endswith("_ms") and not isinstance(value, str) else str(value)


def _day(moment: str) -> str:
    """A moment of UTC in ISO 8601, for reading."""
    return f"{moment[:16].replace('T', ' ')} UTC"


def _command(report: Report) -> str:
    """What grades the same folder on the same data again."""
    slugs = [bug.slug for bug in report.bugs]
    only = [] if set(slugs) >= set(SLUGS) else [f"--only {slug}" for slug in slugs]
    packages = [f"--with {shlex.quote(name)}" for name in report.submission.packages]
    name = shlex.quote(clean(report.submission.name))
    return " ".join(["kit grade", name, f"--seed {report.seed}", *only, *packages])
