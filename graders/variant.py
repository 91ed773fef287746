"""The exercise with a set of fixes applied, read from the kit's own tree."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from graders import patch
from graders.model import PRESENTATIONS, SLUGS, Verdict


@dataclass(frozen=True)
class WrongFix:
    """A plausible fix that is not one, with the verdict it must get.

    `fails` are the ids of the checks that it fails, and "slow" where its share is too small; `may_fail`
    are those that hang on the moment.
    """

    slug: str
    name: str
    verdict: Verdict
    visible: bool
    fails: frozenset[str]
    may_fail: frozenset[str]
    reason: str
    patch: patch.Patch


def exercise(tree: Path) -> patch.Files:
    """The broken exercise: every text file of it by its path."""
    folder = tree / "exercise"
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and _belongs(path.relative_to(folder))
    }


def _belongs(path: Path) -> bool:
    """Whether a file is part of the exercise and not left by running it."""
    left = "__pycache__" in path.parts or path.suffix in {".db", ".log", ".pyc"}
    return not left and not any(part.startswith(".") for part in path.parts)


def fix_text(tree: Path, slug: str) -> str:
    """The patch that removes one bug, as it is written."""
    return (tree / "solutions" / slug / "fix.patch").read_text("utf-8")


def fix(tree: Path, slug: str) -> patch.Patch:
    """The patch that removes one bug."""
    return patch.parse(fix_text(tree, slug))


def presented(tree: Path, name: str) -> patch.Patch:
    """The patch that makes the exercise honest, or blind."""
    return patch.parse((tree / "solutions" / "presentation" / f"{name}.patch").read_text("utf-8"))


def lesson(tree: Path, slug: str) -> str:
    """What to know about one bug, in Markdown."""
    return (tree / "solutions" / slug / "lesson.md").read_text("utf-8")


def wrong_fixes(tree: Path, slug: str) -> list[WrongFix]:
    """The wrong fixes of one bug, by name. Raises ValueError where a header lacks its verdict."""
    folder = tree / "solutions" / slug / "wrong"
    return [_wrong_fix(slug, path) for path in sorted(folder.glob("*.patch"))]


def every_wrong_fix(tree: Path) -> list[WrongFix]:
    """Of all bugs."""
    return [wrong for slug in SLUGS for wrong in wrong_fixes(tree, slug)]


def _wrong_fix(slug: str, path: Path) -> WrongFix:
    parsed = patch.parse(path.read_text("utf-8"))
    head, _, reason = parsed.header.partition("\n\n")
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    failed = set(filter(None, fields.get("Fails", "").split(", ")))
    chance = {id for id in failed if id.endswith("?")}
    return WrongFix(
        slug=slug,
        name=path.stem,
        verdict=Verdict(fields["Verdict"]),
        visible={"yes": True, "no": False}[fields["Seen by test_load.py"]],
        fails=frozenset(failed - chance),
        may_fail=frozenset(id.removesuffix("?") for id in chance),
        reason=" ".join(reason.split()),
        patch=parsed,
    )


def files(tree: Path, fixes: Collection[str], presentation: Collection[str] = ()) -> patch.Files:
    """The variant with these bugs fixed, presented so. Raises PatchConflict where patches do not compose."""
    patches = [fix(tree, slug) for slug in SLUGS if slug in fixes]
    patches += [presented(tree, name) for name in PRESENTATIONS if name in presentation]
    return patch.apply(patches, exercise(tree))


def write(sources: patch.Files, folder: Path) -> None:
    """Write a tree below a folder, which is made where it is missing."""
    for path, text in sources.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8", newline="\n")
