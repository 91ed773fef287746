"""The variants in which the exercise is handed out, and what its files hold in each."""

from __future__ import annotations

import hashlib
import itertools
import os
from pathlib import Path
from typing import NamedTuple

from graders import variant
from graders.model import PRESENTATIONS, SLUGS
from graders.patch import Files


class Variant(NamedTuple):
    """The exercise with a set of fixes applied, and with a presentation; both in their order."""

    fixes: tuple[str, ...] = ()
    presentation: tuple[str, ...] = ()

    def __str__(self) -> str:
        some = f"{', '.join(self.fixes)} fixed"
        bugs = {(): "broken", SLUGS: "fixed"}.get(self.fixes, some)
        return ", ".join((bugs, *self.presentation))


Texts = dict[str, set[bytes]]
"""By path, contents that are nobody's work."""


def _subsets(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    counts = range(len(names) + 1)
    return [subset for count in counts for subset in itertools.combinations(names, count)]


def files(tree: Path, one: Variant) -> Files:
    """The files of one variant."""
    return variant.files(tree, one.fixes, one.presentation)


def every(tree: Path) -> dict[Variant, Files]:
    """The files of each variant, the plain broken one first."""
    variants = [Variant(fixes, shown) for shown in _subsets(PRESENTATIONS) for fixes in _subsets(SLUGS)]
    return {one: files(tree, one) for one in variants}


def texts(tree: Path, begun: Variant | None) -> Texts:
    """What each file holds if nobody edited it; where it is not known how it began: broken, however shown."""
    found: Texts = {}
    for one in [begun] if begun else [Variant((), shown) for shown in _subsets(PRESENTATIONS)]:
        for path, text in files(tree, one).items():
            found.setdefault(path, set()).add(text.encode())
    return found


def key(folder: Path) -> str:
    """A name for what the kit's state folder keeps about one folder."""
    return hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:32]


def content(path: Path) -> bytes | None:
    """What a file holds, however its lines end; None where there is none."""
    return path.read_bytes().replace(b"\r\n", b"\n") if path.is_file() else None
