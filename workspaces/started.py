"""In which variant a workspace was handed out: in the kit's state folder, as a workspace has no marker."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from graders import atomic
from workspaces import known
from workspaces.known import Variant


def note(folder: Path, begun: Variant, state: Path) -> None:
    """Remember it, where the state folder can be written."""
    place = folder.stat()
    value = {"folder": str(folder.resolve()), "inode": place.st_ino, **begun._asdict()}
    with contextlib.suppress(OSError):
        (state / "started").mkdir(parents=True, exist_ok=True)
        atomic.write(_file(folder, state), json.dumps(value).encode())


def recall(folder: Path, state: Path) -> Variant | None:
    """The variant noted for this very folder; None where none is, as for one that came by mail."""
    try:
        value = json.loads(_file(folder, state).read_text("utf-8"))
        if value["inode"] != folder.stat().st_ino:  # another folder of the same name
            return None
        return Variant(tuple(value["fixes"]), tuple(value["presentation"]))
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _file(folder: Path, state: Path) -> Path:
    return state / "started" / f"{known.key(folder)}.json"
