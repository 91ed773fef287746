"""Edits of the exercise, and the bugs that they touch."""

from __future__ import annotations

from conftest import TREE

from graders import variant
from graders.bugs import BUGS
from graders.model import SLUGS
from graders.submission import encoded
from graders.touched import touched

EXERCISE = encoded(variant.exercise(TREE))

ALL = SLUGS
LIST = ("n-plus-one", "zero-pool", "missing-model")
"""Those that ask for the list of products."""

Edits = dict[str, "str | bytes | None"]
"""By path, what is added at the end of a file of the exercise, the bytes of another one, or that it goes."""


def edited(edits: Edits) -> dict[str, bytes]:
    files = dict(EXERCISE)
    for path, edit in edits.items():
        if edit is None:
            del files[path]
        else:
            files[path] = edit if isinstance(edit, bytes) else files.get(path, b"") + edit.encode()
    return files


def of(edits: Edits, first: Edits | None = None) -> tuple[str, ...]:
    """What is touched by edits, of an exercise that had others before."""
    return touched(edited(first or {}), edited({**(first or {}), **edits}), BUGS)
