"""Which variant a workspace is nearest to, and what was edited since; `nearest` and `edits` are pure."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from graders.patch import Files
from workspaces import contents, known
from workspaces.known import Variant


@dataclass(frozen=True)
class Edit:
    """One file that is not as handed out: lines added and removed, None where it is no text."""

    path: str
    kind: str
    added: int | None = None
    removed: int | None = None


@dataclass(frozen=True)
class Status:
    """A workspace beside the variant that it is nearest to."""

    nearest: Variant
    edits: tuple[Edit, ...]


def look(folder: Path, tree: Path) -> Status:
    """Read a workspace. Raises OSError."""
    found = {
        path: (folder / path).read_bytes() for path in contents.work(folder) if (folder / path).is_file()
    }
    unix = {path: content.replace(b"\r\n", b"\n") for path, content in found.items()}
    variants = known.every(tree)
    state = nearest(unix, variants)
    return Status(state, edits(unix, variants[state]))


def nearest(found: Mapping[str, bytes], variants: Mapping[Variant, Files]) -> Variant:
    """The variant with the fewest lines that differ; of several the first."""
    distances: dict[tuple[str, str], int] = {}

    def distance(path: str, text: str) -> int:
        if (path, text) not in distances:
            there = _text(found.get(path, b"")) or ""
            distances[path, text] = sum(_changes(text, there))
        return distances[path, text]

    return min(variants, key=lambda state: sum(distance(*item) for item in variants[state].items()))


def edits(found: Mapping[str, bytes], files: Files) -> tuple[Edit, ...]:
    """What differs from a variant's files, by path."""
    return tuple(
        _edit(path, files.get(path), found.get(path))
        for path in sorted(found.keys() | files.keys())
        if path not in found or path not in files or found[path] != files[path].encode()
    )


def _edit(path: str, given: str | None, content: bytes | None) -> Edit:
    kind = "new" if given is None else "missing" if content is None else "edited"
    text = _text(content or b"")
    if text is None or content is None:
        return Edit(path, kind)
    return Edit(path, kind, *_changes(given or "", text))


def _text(content: bytes) -> str | None:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


def _changes(old: str, new: str) -> tuple[int, int]:
    """Lines added and removed."""
    if old == new:
        return 0, 0
    matcher = difflib.SequenceMatcher(None, old.splitlines(), new.splitlines(), autojunk=False)
    same = sum(block.size for block in matcher.get_matching_blocks())
    return len(new.splitlines()) - same, len(old.splitlines()) - same
