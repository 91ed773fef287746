"""Names of bugs as they are typed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from graders.errors import UnknownSlug, UsageError
from graders.model import SLUGS


def chosen(typed: Iterable[str]) -> tuple[str, ...]:
    """Slugs in grading order, from words that may hold several with commas.

    Raises UnknownSlug, or UsageError where there is none.
    """
    words = {known(word) for item in typed for word in item.split(",") if word}
    if not words:
        raise UsageError(f"Name at least one of the bugs: {', '.join(SLUGS)}.")
    return tuple(slug for slug in SLUGS if slug in words)


def known(word: str) -> str:
    """The one slug that was typed. Raises UnknownSlug with the nearest one."""
    if word not in SLUGS:
        near = difflib.get_close_matches(word.lower(), SLUGS, n=1)
        guess = f" Did you mean {near[0]}?" if near else ""
        raise UnknownSlug(f"There is no bug {word!r}.{guess} The bugs are {', '.join(SLUGS)}.")
    return word
