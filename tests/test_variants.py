"""The exercise and its fixes: any set of fixes composes, in any order, and stays a small honest change."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from graders import lesson, patch, variant
from graders.model import PRESENTATIONS, SLUGS, Verdict

TREE = Path(__file__).resolve().parent.parent
SUBSETS = [set(c) for n in range(len(SLUGS) + 1) for c in itertools.combinations(SLUGS, n)]


@pytest.mark.parametrize("fixes", SUBSETS, ids=lambda fixes: "+".join(sorted(fixes)) or "broken")
def test_every_subset_is_the_same_tree_in_every_order(fixes: set[str]) -> None:
    expected = variant.files(TREE, fixes)
    for order in itertools.permutations(fixes):
        assert patch.apply([variant.fix(TREE, slug) for slug in order], variant.exercise(TREE)) == expected
    for path, text in expected.items():
        if path.endswith(".py"):
            compile(text, path, "exec")


@pytest.mark.parametrize("presentation", [["honest"], ["blind"], ["honest", "blind"]], ids="+".join)
@pytest.mark.parametrize("fixes", SUBSETS, ids=lambda fixes: "+".join(sorted(fixes)) or "broken")
def test_every_subset_can_be_presented_in_every_order(fixes: set[str], presentation: list[str]) -> None:
    expected = variant.files(TREE, fixes, presentation)
    patches = [variant.fix(TREE, slug) for slug in fixes]
    patches += [variant.presented(TREE, name) for name in presentation]
    exercise = variant.exercise(TREE)
    assert all(patch.apply(order, exercise) == expected for order in itertools.permutations(patches))
    assert expected == variant.files(TREE, list(fixes), presentation[::-1])


def test_the_sixty_four_variants_differ() -> None:
    presentations = [
        c for n in range(len(PRESENTATIONS) + 1) for c in itertools.combinations(PRESENTATIONS, n)
    ]
    every = {
        tuple(variant.files(TREE, fixes, presentation).values())
        for fixes in SUBSETS
        for presentation in presentations
    }
    assert len(every) == 2 ** (len(SLUGS) + len(PRESENTATIONS))


@pytest.mark.parametrize("slug", SLUGS)
def test_a_fix_is_small_and_edits_existing_files(slug: str) -> None:
    text = (TREE / "solutions" / slug / "fix.patch").read_text()
    changed = [line for line in text.splitlines() if re.match(r"[+-](?!\+\+|--)", line)]
    assert 0 < len(changed) <= 60
    assert {hunk.path for hunk in variant.fix(TREE, slug).hunks} <= set(variant.exercise(TREE))


@pytest.mark.parametrize("slug", SLUGS)
def test_every_bug_has_wrong_fixes_that_apply_and_say_why(slug: str) -> None:
    wrong = variant.wrong_fixes(TREE, slug)
    assert len(wrong) >= 3
    for one in wrong:
        assert one.verdict in {Verdict.NOT_FIXED, Verdict.PARTLY_FIXED, Verdict.REGRESSED}
        assert len(one.reason) > 40
        assert patch.apply([one.patch], variant.exercise(TREE)) != variant.exercise(TREE)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_lesson_has_all_its_sections(slug: str) -> None:
    found = lesson.sections(variant.lesson(TREE, slug))
    assert tuple(found) == lesson.SECTIONS
    assert all(len(body) > 40 for body in found.values())


def test_no_file_of_the_exercise_hints_at_its_bugs() -> None:
    """The load test names its failure cases, as the story has it; nothing else may."""
    hints = (
        r"\bbugs?\b|\bfix(ed|es)?\b|broken|grade|candidate|interview|exercise|TODO|FIXME|n-plus|N\+1|debugkit"
    )
    for path, text in variant.exercise(TREE).items():
        if path != "test_load.py":
            assert not re.search(hints, text, re.IGNORECASE), path


def test_the_exercise_imports_modules_not_names() -> None:
    for path, text in variant.exercise(TREE).items():
        assert "from sqlalchemy import orm" in text or "from sqlalchemy import" not in text, path


def test_the_readme_is_short_and_lies_once() -> None:
    exercise = variant.exercise(TREE)
    assert len(exercise["README.md"].splitlines()) <= 40
    scripts = set(re.findall(r"python (\S+\.py)", exercise["README.md"]))
    assert scripts - set(exercise) == {"load-test.py"}


def test_the_requirements_lack_only_httpx() -> None:
    exercise = variant.exercise(TREE)
    named = set(re.findall(r"^\w+", exercise["requirements.txt"], re.MULTILINE))
    imported = {
        module
        for path, text in exercise.items()
        if path.endswith(".py")
        for module in re.findall(r"^(?:import|from) (\w+)", text, re.MULTILINE)
    }
    third_party = imported & {"fastapi", "uvicorn", "sqlalchemy", "pydantic", "httpx"}
    assert third_party - named == {"httpx"}


def test_the_three_reads_of_the_clock_stand_in_the_broken_cache() -> None:
    assert variant.exercise(TREE)["app/analytics.py"].count("database.utcnow() - THIRTY_DAYS") == 3
