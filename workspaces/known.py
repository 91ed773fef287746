"""What each file of the exercise holds in any variant: nothing that the kit made is somebody's work."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from graders import variant
from graders.model import PRESENTATIONS, SLUGS
from graders.patch import Files


class State(NamedTuple):
    """One state that a workspace can be handed out in: fixes and presentation, in their order."""

    fixes: tuple[str, ...] = ()
    presentation: tuple[str, ...] = ()

    def __str__(self) -> str:
        some = f"{', '.join(self.fixes)} fixed"
        bugs = {(): "broken", SLUGS: "fixed"}.get(self.fixes, some)
        return ", ".join((bugs, *self.presentation))


Texts = dict[str, set[bytes]]
"""By path, all contents that a file has in some variant."""


def states() -> Iterator[State]:
    """All of them, the plain broken one first."""
    for presentation in _subsets(PRESENTATIONS):
        for fixes in _subsets(SLUGS):
            yield State(fixes, presentation)


def _subsets(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    counts = range(len(names) + 1)
    return [subset for count in counts for subset in itertools.combinations(names, count)]


def files(tree: Path, state: State) -> Files:
    """The files of one state."""
    return variant.files(tree, state.fixes, state.presentation)


def every(tree: Path) -> dict[State, Files]:
    """The files of each state."""
    return {state: files(tree, state) for state in states()}


def texts(tree: Path) -> Texts:
    """What each file of the exercise may hold without being edited."""
    found: Texts = {}
    for state_files in every(tree).values():
        for path, text in state_files.items():
            found.setdefault(path, set()).add(text.encode())
    return found


def content(path: Path) -> bytes | None:
    """What a file holds, however its lines end; None where there is none."""
    return path.read_bytes().replace(b"\r\n", b"\n") if path.is_file() else None
