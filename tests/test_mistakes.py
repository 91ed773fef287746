"""graders/mistakes.py: which known wrong fix a submission looks like."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from graders import patch, variant
from graders.bugs import BUGS
from graders.mistakes import ALIKE, DRAWN, SLOW, fingerprint, named
from graders.model import SLUGS, Finding, Kind, Outcome, Verdict

TREE = Path(__file__).resolve().parent.parent
NOW, STILL = Kind.NOW_RIGHT, Kind.STILL_RIGHT


def findings(failed: Iterable[str], unknown: Iterable[str] = ()) -> list[Finding]:
    """Two checks of each kind, and the drawn one."""
    kinds = {"answers": NOW, "hit": NOW, "fields": STILL, "pages": STILL, DRAWN: STILL}
    outcomes = dict.fromkeys(failed, Outcome.FAILED) | dict.fromkeys(unknown, Outcome.UNKNOWN)
    return [Finding(id, kind, 1, "", outcomes.get(id, Outcome.PASSED)) for id, kind in kinds.items()]


def wrong(name: str, *fails: str, slug: str = "zero-pool", may_fail: Iterable[str] = ()) -> variant.WrongFix:
    reason = f"It is {name}."
    return variant.WrongFix(
        slug,
        name,
        Verdict.NOT_FIXED,
        False,
        frozenset(fails),
        frozenset(may_fail),
        reason,
        patch.Patch("", ()),
    )


KNOWN = [
    wrong("drops", "fields", "pages"),
    wrong("forgets", "hit", SLOW),
    wrong("crawls", SLOW),
    wrong("untouched", "answers", "hit"),
    wrong("elsewhere", "fields", slug="n-plus-one"),
]


def names(
    failed: Iterable[str], share: float | None = None, known: Iterable[variant.WrongFix] = KNOWN
) -> list[str]:
    return [mistake.name for mistake in named("zero-pool", findings(failed), share, known)]


@pytest.mark.parametrize(
    ("failed", "share", "expected"),
    [
        (["fields", "pages"], None, ["drops"]),
        (["pages", "fields", DRAWN], None, ["drops"]),
        (["hit"], 0.79, ["forgets"]),
        ([], 0.0, ["crawls"]),
        (["hit"], 0.8, []),
        (["fields", "pages", "hit"], None, []),
        (["fields"], None, []),
        ([], None, []),
        ([], 1.0, []),
        ([DRAWN], None, []),
        (["answers", "hit"], None, []),
    ],
)
def test_only_exactly_the_same_fingerprint_is_named(
    failed: list[str], share: float | None, expected: list[str]
) -> None:
    assert names(failed, share) == expected


def test_it_comes_with_its_reason() -> None:
    [mistake] = named("zero-pool", findings(["fields", "pages"]), None, KNOWN)
    assert mistake.reason == "It is drops."


def test_two_that_look_alike_are_both_named_and_three_are_not() -> None:
    alike = [wrong(f"w{nth}", "fields") for nth in range(ALIKE + 1)]
    assert names(["fields"], known=alike[:ALIKE]) == ["w0", "w1"]
    assert names(["fields"], known=alike) == []


@pytest.mark.parametrize(
    ("failed", "expected"),
    [
        (["fields"], ["mixes"]),
        (["fields", "pages"], ["mixes"]),
        (["pages"], []),
        (["fields", "pages", "hit"], []),
    ],
)
def test_a_check_that_hangs_on_the_moment_may_fail_or_not(failed: list[str], expected: list[str]) -> None:
    assert names(failed, known=[wrong("mixes", "fields", may_fail=["pages"])]) == expected


def test_what_could_not_be_told_is_no_failure() -> None:
    assert fingerprint(findings(["hit"], ["fields"]), None) == {"hit"}


@pytest.mark.parametrize("slug", SLUGS)
def test_what_a_wrong_fix_fails_are_checks_of_its_bug(slug: str) -> None:
    [probe] = [probe for probe in BUGS if probe.bug.slug == slug]
    checks = {check.id for check in probe.checks} - {DRAWN}
    for one in variant.wrong_fixes(TREE, slug):
        assert one.fails
        assert one.fails | one.may_fail <= checks | ({SLOW} if probe.timed else set())


def test_the_drawn_check_is_there_under_its_name() -> None:
    assert any(check.id == DRAWN for probe in BUGS for check in probe.checks)


@pytest.mark.parametrize(
    ("line", "fails", "may_fail"),
    [
        ("", set(), set()),
        ("Fails: fields", {"fields"}, set()),
        ("Fails: fields, pages?, slow", {"fields", "slow"}, {"pages"}),
    ],
)
def test_a_header_says_what_fails(tmp_path: Path, line: str, fails: set[str], may_fail: set[str]) -> None:
    folder = tmp_path / "solutions" / "zero-pool" / "wrong"
    folder.mkdir(parents=True)
    [header, *rest] = (
        (TREE / "solutions" / "zero-pool" / "wrong" / "pool-of-one.patch").read_text().split("\n\n")
    )
    kept = [field for field in header.splitlines() if not field.startswith("Fails")]
    (folder / "x.patch").write_text("\n\n".join(["\n".join(filter(None, [*kept, line])), *rest]))
    [read] = variant.wrong_fixes(tmp_path, "zero-pool")
    assert set(read.fails) == fails
    assert set(read.may_fail) == may_fail
