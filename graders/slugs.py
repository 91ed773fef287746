"""Names of bugs as they are typed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from graders.errors import UnknownSlug
from graders.model import SLUGS


def chosen(typed: Iterable[str]) -> tuple[str, ...]:
    """Slugs in grading order, from words that may hold several with commas. Raises UnknownSlug."""
    words = [word for item in typed for word in item.split(",") if word]
    for word in words:
        if word not in SLUGS:
            near = difflib.get_close_matches(word, SLUGS, n=1)
            guess = f" Did you mean {near[0]}?" if near else ""
            raise UnknownSlug(f"There is no bug {word!r}.{guess} The bugs are {', '.join(SLUGS)}.")
    return tuple(slug for slug in SLUGS if slug in words)
