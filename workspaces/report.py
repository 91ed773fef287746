"""A workspace's status as lines of text; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graders.report.clean import clean
from workspaces.saved import Saved
from workspaces.status import Edit, Status


def render(name: str, status: Status, kept: Sequence[Saved]) -> Iterator[str]:
    """Which variant it is nearest to, a line per edited file, a line per saved set of edits."""
    count = len(status.edits)
    what = f"{count} file{'s' * (count != 1)} edited" if count else "no edits"
    yield f"{clean(name)}: {status.nearest}; {what}"
    width = max((len(clean(edit.path)) for edit in status.edits), default=0)
    for edit in status.edits:
        yield f"  {clean(edit.path):<{width}}  {_change(edit)}".rstrip()
    if kept:
        yield "saved edits:"
    for saved in kept:
        files = len(saved.paths)
        yield f"  kit restore {saved.name}  ({files} file{'s' * (files != 1)})"


def _change(edit: Edit) -> str:
    if edit.kind == "missing" or edit.added is None:
        return edit.kind
    lines = f"+{edit.added} -{edit.removed}"
    return lines if edit.kind == "edited" else f"{edit.kind}, {lines}"
