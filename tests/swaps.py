"""What a swap is tried with, and what there is after it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from conftest import TREE

from graders import variant
from graders.model import SLUGS
from workspaces import saved, workspace
from workspaces.known import Variant

NOW = datetime(2026, 11, 24, 10, 15)
FIXED = Variant(SLUGS)


def setting(tmp_path: Path) -> workspace.Setting:
    return workspace.Setting(TREE, tmp_path / "state", NOW)


def texts(folder: Path) -> dict[str, str]:
    """The exercise's files as they are now."""
    return {path: (folder / path).read_text() for path in variant.exercise(TREE)}


def everywhere(folder: Path, state: Path) -> Iterator[str]:
    """All contents in a workspace and in what was saved of it."""
    places = (folder, *(one.files for one in saved.every(state)))
    for place in places:
        yield from (p.read_text() for p in place.rglob("*") if p.is_file() and ".kit-" not in str(p))
