"""Right in many ways, wrong in many ways: every fix of the corpus gets the verdict that is written on it."""

from __future__ import annotations

import collections
from pathlib import Path

import fixes
import pytest
from conftest import TREE
from fixes import Fix

from graders import grading, patch, variant
from graders.model import SLUGS, Verdict
from graders.report.schema import BugReport

CORPUS = fixes.corpus(TREE)
ENOUGH = 10
"""So many right ones and so many wrong ones at least, of every bug."""


def ids(fix: Fix) -> str:
    return fix.title


def test_every_patch_lies_where_it_is_looked_for() -> None:
    assert len(CORPUS) == len(list((TREE / "tests" / "corpus").rglob("*.*")))


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("kind", fixes.KINDS)
def test_there_are_enough_of_every_bug(slug: str, kind: str) -> None:
    assert len([fix for fix in CORPUS if (fix.slug, fix.kind) == (slug, kind)]) >= ENOUGH


def test_no_name_and_no_patch_comes_twice() -> None:
    known = [(wrong.slug, wrong.name, wrong.patch.hunks) for slug in SLUGS for wrong in _told(slug)]
    every = known + [(fix.slug, fix.name, fix.patch.hunks) for fix in CORPUS]
    names = collections.Counter((slug, name) for slug, name, _ in every)
    patches = collections.Counter(hunks for *_, hunks in every)
    assert [name for name, count in names.items() if count > 1] == []
    assert [hunks[0] for hunks, count in patches.items() if count > 1] == []


def _told(slug: str) -> list[variant.WrongFix]:
    return variant.wrong_fixes(TREE, slug)


@pytest.mark.parametrize("fix", CORPUS, ids=ids)
def test_a_header_says_what_its_folder_says_and_why(fix: Fix) -> None:
    assert (fix.verdict is Verdict.FIXED) == (fix.kind == "right")
    assert fix.verdict is not Verdict.INCONCLUSIVE
    assert fix.reason.endswith(".")
    assert set(fix.also) <= set(fixes.others(fix))


@pytest.mark.parametrize("fix", CORPUS, ids=ids)
def test_a_fix_changes_something_and_goes_with_all_others(fix: Fix) -> None:
    alone, whole = fixes.files(TREE, fix), fixes.files(TREE, fix, SLUGS)
    assert alone != variant.exercise(TREE)
    assert patch.apply([variant.fix(TREE, slug) for slug in fixes.others(fix)], alone) == whole


def test_a_header_that_does_not_parse_is_named(tmp_path: Path) -> None:
    bad = tmp_path / "tests" / "corpus" / SLUGS[0] / "right" / "odd.patch"
    bad.parent.mkdir(parents=True)
    for head in ("Verdict: splendid\n\nWhy.\n", "Vredict: fixed\n\nWhy.\n", "\n"):
        bad.write_text(head)
        with pytest.raises(ValueError, match=r"odd\.patch does not parse"):
            fixes.corpus(tmp_path)


@pytest.mark.corpus
@pytest.mark.parametrize("fix", CORPUS, ids=ids)
def test_a_fix_gets_the_verdict_that_is_written_on_it(tmp_path: Path, fix: Fix) -> None:
    variant.write(fixes.files(TREE, fix), tmp_path)
    order = grading.Order(TREE, "test", (fix.slug,), seed=7, packages=fix.packages)
    [bug] = grading.grade(tmp_path, order, lambda doing: None).bugs
    assert bug.verdict is fix.verdict, _seen(bug)


def _seen(bug: BugReport) -> str:
    """What stands against a verdict: the share, and every check that did not pass."""
    lines = [f"{check.id} {check.outcome.value}: {check.reason}" for check in bug.checks if check.reason]
    return "\n".join([f"speed {bug.speed}", *lines])
