"""graders/report/page.py: what a page says of a score, its checks, its speed and how to repeat it."""

from __future__ import annotations

import re

import pages
import pytest
from pages import Reader, bug, old, report

from graders.model import Verdict
from graders.report import page, schema

harmless = pytest.fixture(scope="module")(pages.harmless)


def test_an_old_report_is_a_page_without_gaps() -> None:
    shown = page.render(old())
    said = Reader(shown).said()
    assert "55.1 of 100" in said and "340 ms" in said
    assert "does not hold the changes" in said
    assert not re.search(r"\bNone\b|\bnull\b|Undefined|SQL statements", said)
    assert "<circle class" not in shown


def test_a_total_that_is_not_certain_is_a_range() -> None:
    open_ = bug("zero-pool", score_low=15.2, score_high=20.0)
    said = Reader(page.render(report(bugs=[open_], score_low=58.0, score_high=73.0))).said()
    assert "58 to 73 of 100" in said and "15.2 to 20 of 20" in said and "The total is a range" in said
    certain = Reader(page.render(report(score_low=55.1, score_high=55.1))).said()
    assert "55.1 of 100" in certain and "is a range" not in certain


@pytest.mark.parametrize("verdict", Verdict)
def test_each_verdict_is_said_in_words_and_has_a_sign(verdict: Verdict) -> None:
    shown = page.render(report(bugs=[bug("zero-pool", verdict=verdict)], verdict=verdict))
    assert shown.count(f'<use href="#v-{verdict.value}"/>') >= 3
    assert Reader(shown).said().count(verdict.value.replace("_", " ")) >= 4


def test_checks_say_what_was_asked_expected_and_came(harmless: str) -> None:
    said = Reader(harmless).said()
    assert "Failed: line weighs 2 of 4 Failed: line this was right before reason" in said
    assert "reason asked asked expected expected came actual help" in said
    assert "Could not tell Reason. This costs nothing." in said
    assert "Fails the same checks as a known wrong fix, mistake: since" in said


def test_a_service_that_does_not_start_is_said_first() -> None:
    made = report()
    submission = made.submission.model_copy(update={"boots": False, "note": "SyntaxError <in main.py>"})
    said = Reader(page.render(made.model_copy(update={"submission": submission}))).said()
    assert said.index("The service does not start. SyntaxError <in main.py>") < said.index("slug0")


def test_it_says_what_was_timed_and_what_is_only_assumed() -> None:
    said = Reader(page.render(report())).said()
    assert "340 ms for work, 3.4 times the reference" in said
    assert "with 95% confidence 50 to 90%. Medians of 3 pairs, a dot for each sample." in said
    assert "assumed while broken 700 ms" in said
    assert said.count("What is assumed while broken is a known multiple") == 1
    assert "as handed out" not in said


def test_of_one_pair_neither_confidence_nor_noise_is_said() -> None:
    speed = bug("a").speed
    assert speed
    few = speed.model_copy(update={"pairs": 1, "samples": speed.samples[:1]})
    said = Reader(page.render(report(bugs=[bug("zero-pool", speed=few)]))).said()
    assert "Of 1 pair, a dot" in said
    assert "confidence" not in said and "21.0% spread" not in said


def test_evidence_reads_as_a_name_and_its_value() -> None:
    seen = {"computed_of_a_cold_burst_of_20": 20, "slowest_ms": 12.5}
    said = Reader(page.render(report(bugs=[bug("unstable-cache", evidence=seen)]))).said()
    assert "computed of a cold burst of 20: 20 , slowest: 12.5 ms ." in said


def test_two_known_wrong_fixes_are_alternatives() -> None:
    known = [schema.Mistake(name=name, reason="it waits") for name in ("one", "two")]
    said = Reader(page.render(report(bugs=[bug("zero-pool", mistakes=known)]))).said()
    assert "Fails the same checks as a known wrong fix, one: it waits Or two: it waits" in said


def test_a_report_that_was_scored_again_says_from_what() -> None:
    assert (
        "Scored again on 2026-03-15 15:09 UTC by rules 2, from the evidence of the grade. Before"
        in Reader(page.render(report())).said()
    )
    made = report()
    assert made.regraded
    anew = made.regraded.model_copy(update={"observed_anew": ["zero-pool"], "as_it_was": ["a", "b"]})
    said = Reader(page.render(made.model_copy(update={"regraded": anew}))).said()
    assert "of the grade; observed anew: zero-pool; as it was: a, b. Before" in said


def test_it_says_how_to_repeat_the_grade() -> None:
    made = report(" & co", bugs=[bug("zero-pool")])
    command = "kit grade 'ada & co' --seed 5 --only zero-pool --with 'cachetools & co'"
    assert command in Reader(page.render(made)).said()


def test_a_diff_is_shown_by_file_with_its_lines_as_they_are(harmless: str) -> None:
    said = Reader(harmless).said()
    assert "app/catalog.py +2 −1 line 1, def page():" in said
    assert '- -- not a header + ++ " not a header either " + x = 1' in said
    assert "new.txt new +1 −0" in said
