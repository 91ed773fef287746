"""The corpus: fixes of one bug each, right in many ways and wrong in many ways, as patches with a verdict."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from graders import patch, variant
from graders.model import SLUGS, Verdict

Kind = Literal["right", "wrong"]
KINDS: tuple[Kind, ...] = ("right", "wrong")


@dataclass(frozen=True)
class Fix:
    """One submission's way with one bug, and the verdict that it must get.

    `packages` are what it needs beside the kit's own; `also` are the bugs that it breaks by its nature,
    where all others are fixed, with their verdicts.
    """

    slug: str
    name: str
    kind: Kind
    verdict: Verdict
    packages: tuple[str, ...]
    reason: str
    patch: patch.Patch
    also: Mapping[str, Verdict] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """How a test or a table calls it."""
        return f"{self.slug}:{self.kind}:{self.name}"


def corpus(tree: Path) -> list[Fix]:
    """All fixes, by bug, right ones first, by name. Raises ValueError where a header does not parse."""
    return [fix for slug in SLUGS for kind in KINDS for fix in _of(tree / "tests" / "corpus", slug, kind)]


def _of(folder: Path, slug: str, kind: Kind) -> Iterator[Fix]:
    for path in sorted((folder / slug / kind).glob("*.patch")):
        try:
            yield _fix(slug, kind, path)
        except (ValueError, KeyError) as error:
            raise ValueError(f"The header of {path} does not parse: {error!r}") from error


def _fix(slug: str, kind: Kind, path: Path) -> Fix:
    parsed = patch.parse(path.read_text("utf-8"))
    head, _, reason = parsed.header.partition("\n\n")
    fields = [(name, value) for name, _, value in (line.partition(": ") for line in head.splitlines())]
    if unknown := {name for name, _ in fields} - {"Verdict", "With", "Also"}:
        raise ValueError(f"unknown field {', '.join(sorted(unknown))}")
    also = dict(value.split() for name, value in fields if name == "Also")
    return Fix(
        slug=slug,
        name=path.stem,
        kind=kind,
        verdict=Verdict(dict(fields)["Verdict"]),
        packages=tuple(value for name, value in fields if name == "With"),
        reason=" ".join(reason.split()),
        patch=parsed,
        also={known: Verdict(verdict) for known, verdict in also.items()},
    )


def files(tree: Path, fix: Fix, others: Collection[str] = ()) -> patch.Files:
    """The broken exercise with this fix, and with the kit's own fixes of `others`.

    Raises PatchConflict where they do not compose.
    """
    return patch.apply([fix.patch], variant.files(tree, set(others) - {fix.slug}))


def others(fix: Fix) -> tuple[str, ...]:
    """The bugs that this fix is not for."""
    return tuple(slug for slug in SLUGS if slug != fix.slug)
