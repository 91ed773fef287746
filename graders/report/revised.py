"""A second look on a terminal: then and now of every bug, and why; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timezone

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from graders.report import plain
from graders.report.changes import Change, changes
from graders.report.clean import clean
from graders.report.schema import BugReport, Kit, Report
from graders.report.text import STYLES


def render(old: Report, new: Report, lacks: Mapping[str, str]) -> RenderableType:
    """What became of a saved report; `lacks` says why bugs stayed as they were."""
    return Group(*_parts(old, new, lacks))


def _parts(old: Report, new: Report, lacks: Mapping[str, str]) -> Iterator[RenderableType]:
    found = changes(old, new)
    yield _table(old, new, found)
    yield Text("")
    for change in found:
        yield from _why(change, lacks.get(change.new.slug, ""))
    if not lacks and not any(change.why for change in found):
        yield Text("Nothing changed.")
    if new.regraded and new.regraded.observed_anew:
        yield Text(f"Observed again, on this machine: {', '.join(map(clean, new.regraded.observed_anew))}.")
    when = datetime.fromisoformat(old.started_at).astimezone(timezone.utc)
    yield Text(f"{_by(old.kit)} then, {_by(new.kit)} now · graded {when:%Y-%m-%d %H:%M} UTC", style="dim")


def _table(old: Report, new: Report, found: list[Change]) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD, show_footer=True, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0)
    )
    table.add_column("bug", clean(new.submission.name, 30), no_wrap=True)
    table.add_column("then", plain.score(old))
    table.add_column("now", plain.score(new))
    for change in found:
        table.add_row(clean(change.new.slug), _standing(change.old), _standing(change.new))
    return table


def _standing(bug: BugReport) -> Text:
    return Text(f"{plain.verdict(bug.verdict)}, {plain.score(bug)}", style=STYLES[bug.verdict])


def _why(change: Change, lack: str) -> Iterator[RenderableType]:
    reasons = [clean(reason) for reason in change.why]
    if lack:
        reasons.append(f"as it was: {clean(lack)}. Give the folder that was handed in with --submission.")
    if reasons:
        yield Text(clean(change.new.slug), style="bold")
        yield from (Padding(Text(f"- {reason}"), (0, 0, 0, 2), expand=False) for reason in reasons)
        yield Text("")


def _by(kit: Kit) -> str:
    return f"rules {kit.rules} of kit {clean(kit.version)}"
