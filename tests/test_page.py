"""graders/report/page.py: the report as one page, whatever a submission says."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from graders.model import Kind, Outcome, Verdict
from graders.report import page, schema
from graders.report.schema import BugReport, Check, Report, Speed, Statement, Trace

HOSTILE = (
    "<script>alert(1)</script></style></title></svg>--><img src=x onerror='alert(2)'>"
    '" autofocus onfocus="alert(3) \x1b[2J\x1b]8;;\x07\x9b \u202egnp.exe\u2066 \u200b\ufeff\ud800 \x00'
    " javascript:alert(4) https://evil.example/x //evil.example url(//evil.example)"
    " {{ 7 * 7 }} {% raw %} &amp;\r\n]]>"
)
VOID = {"meta", "circle", "rect", "line", "path", "use"}
DIFF = """--- a/app/catalog.py
+++ b/app/catalog.py
@@ -1,3 +1,4 @@ def page():
 import os
--- not a header
+++ "not a header either"
+x = 1
 y = 2
\\ No newline at end of file
--- /dev/null
+++ b/new.txt
@@ -0,0 +1 @@
+def plain
"""

Attribute = tuple[str, str | None]


class Reader(HTMLParser):
    """What a browser makes of a page: elements, attributes, ids and text; elements must be balanced."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: set[tuple[str, frozenset[str]]] = set()
        self.attributes: list[Attribute] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[Attribute]) -> None:
        self.tags.add((tag, frozenset(name for name, _ in attrs)))
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[Attribute]) -> None:
        assert tag in VOID
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def values(self, name: str) -> list[str | None]:
        return [value for key, value in self.attributes if key == name]

    def said(self) -> str:
        return " ".join(" ".join(self.text).split())


def trace(total: int, text: str = "") -> Trace:
    statements = [Statement(sql=f"SELECT {nth}{text}", start_ms=nth / 4) for nth in range(min(total, 200))]
    return Trace(
        request=f"GET /products{text}", ms=float(total), total=total, statements=statements, status=500
    )


def bug(slug: str, text: str = "", times: int = 1, **options: Any) -> BugReport:
    """With something of everything; texts end with `text`."""
    words = {name: f"{name}{text}" for name in ("line", "reason", "asked", "expected", "actual", "help")}
    checks = [
        Check(id=f"{kind}{outcome}{nth}", kind=kind, weight=2, outcome=outcome, **words)
        for nth in range(times)
        for kind in Kind
        for outcome in Outcome
    ]
    speed = Speed(
        share=0.71,
        low=0.5,
        high=0.9,
        ratio=3.4,
        submission_ms=340,
        reference_ms=100,
        target_ms=250,
        baseline_ms=700,
        pairs=3 * times,
        work=f"work{text}",
        samples=[(339.0, 99.0), (340.0, 100.0), (341.0, 101.0)] * times,
    )
    given = {
        "slug": slug,
        "title": f"Title{text}",
        "points": 20,
        "score": 17.1,
        "verdict": Verdict.INCONCLUSIVE,
        "note": f"note{text}",
        "correctness": 1.0,
        "speed": speed,
        "checks": checks,
        "mistakes": [schema.Mistake(name=f"mistake{text}", reason=f"since{text}")] * times,
        "evidence": {f"seen{text}": f"this{text}", "slowest_ms": 12.5, "in_schema": True},
        "before": trace(2001, text),
        "after": trace(3, text),
    }
    return BugReport(**{**given, **options})


def report(text: str = "", times: int = 1, bugs: list[BugReport] | None = None, **options: Any) -> Report:
    """A whole report; texts that may come from outside end with `text`, and are there so many times."""
    kit = schema.Kit(version=f"1{text}", exercise=f"abc{text}", rules=2)
    given = {
        "kit": kit,
        "submission": schema.Submission(
            name=f"ada{text}",
            sha256=f"0{text}",
            changed=[f"app/main.py{text}"] * times,
            boots=True,
            note=f"tables{text}",
            packages=[f"cachetools{text}"] * times,
            diff=DIFF.replace("y = 2", f"y = 2{text}".replace("\n", " ")) * times,
        ),
        "machine": schema.Machine(
            cpus=2,
            python=f"3.11{text}",
            platform=f"Linux{text}",
            isolation=f"process{text}",
            noise=0.21,
            versions={f"package{nth}{text}": f"1{text}" for nth in range(times)},
        ),
        "seed": 5,
        "started_at": f"2026-03-14T15:09:26+00:00{text}",
        "seconds": 1.234,
        "score": 55.1,
        "points": 100,
        "verdict": Verdict.PARTLY_FIXED,
        "bugs": bugs or [bug(f"slug{nth}{text}", text, times) for nth in range(2)],
        "regraded": schema.Regraded(
            at=f"2026-03-15T15:09{text}", kit=kit, score=49.2, verdict=Verdict.NOT_FIXED
        ),
    }
    return Report(**{**given, **options})


def old() -> Report:
    """As it was before reports held samples, traces, diffs and ranges."""
    speed = bug("a").speed
    assert speed
    bare: dict[str, Any] = {"note": "", "mistakes": [], "evidence": {}, "before": None, "after": None}
    row = bug("n-plus-one", speed=speed.model_copy(update={"samples": [], "noise": None}), **bare)
    made = report(bugs=[row, bug("missing-model", speed=None, **bare)], regraded=None)
    submission = made.submission.model_copy(update={"diff": "", "note": "", "packages": []})
    machine = made.machine.model_copy(update={"versions": {}, "noise": None})
    return made.model_copy(update={"submission": submission, "machine": machine})


@pytest.fixture(scope="module")
def harmless() -> str:
    return page.render(report())


@pytest.fixture(scope="module")
def hostile() -> str:
    return page.render(report(HOSTILE))


def test_a_hostile_report_has_the_elements_and_attributes_of_a_harmless_one(
    harmless: str, hostile: str
) -> None:
    assert Reader(hostile).tags == Reader(harmless).tags


def test_nothing_runs_and_nothing_is_fetched(hostile: str) -> None:
    read = Reader(hostile)
    assert not {tag for tag, _ in read.tags} & {
        "script",
        "img",
        "link",
        "iframe",
        "object",
        "base",
        "form",
        "image",
    }
    assert not [
        name for name, _ in read.attributes if name.startswith("on") or name in {"src", "style", "srcset"}
    ]
    assert all(re.fullmatch(r"#[\w-]+", str(value)) for value in read.values("href"))
    assert not re.search(r"https?://|(?i:url\(\s*[\"']?(?!//evil))|@import", hostile)
    assert "default-src 'none'" in str(read.values("content"))


def test_what_a_submission_says_is_there_to_be_read_and_does_nothing(hostile: str) -> None:
    said = Reader(hostile).said()
    assert "<script>alert(1)</script>" in said
    assert "https://evil.example" in said
    assert "{{ 7 * 7 }}" in said
    assert r"\x1b[2J" in said and r"\u202egnp.exe" in said
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", hostile
    )


def test_style_is_one_sheet_that_nothing_can_end(harmless: str, hostile: str) -> None:
    sheets = [re.findall(r"<style>.*?</style>", text, re.DOTALL) for text in (harmless, hostile)]
    assert len(sheets[0]) == 1 and sheets[0] == sheets[1]


@pytest.mark.parametrize("made", [report(), report(HOSTILE, 3), old()], ids=["new", "hostile", "old"])
def test_ids_are_unique_and_every_reference_leads_somewhere(made: Report) -> None:
    read = Reader(page.render(made))
    ids = read.values("id")
    assert len(ids) == len(set(ids))
    named = {name for value in read.values("aria-labelledby") for name in str(value).split()}
    assert named | {str(value)[1:] for value in read.values("href")} <= set(ids)


@pytest.mark.parametrize("text", ["", HOSTILE * 20, "\"'<&" * 500, "\U0001f40d" * 500], ids=str.__len__)
def test_a_huge_report_stays_small_and_says_what_it_leaves_out(text: str) -> None:
    made = report(text, 50, [bug(f"bug{nth}", text, 50) for nth in range(12)])
    long = "--- a/x.py\n+++ b/x.py\n@@ -0,0 +1,40000 @@\n" + "+x = 'a long line'\n" * 40_000
    submission = made.submission.model_copy(update={"diff": made.submission.diff + long})
    shown = page.render(made.model_copy(update={"submission": submission}))
    assert len(shown.encode()) <= 100_000
    said = Reader(shown).said()
    assert re.search(r"\d+ more failed checks are left out here", said)
    assert re.search(r"\d+ more changed files are left out here", said)
    assert re.search(r"The first \d+ are drawn, \d+ more are left out here", said)
    assert "6 more bugs are left out here" in said


def test_a_long_diff_leaves_short_files_their_room() -> None:
    long = "--- a/a.py\n+++ b/a.py\n@@ -0,0 +1,40000 @@\n" + "+x = 'a long line'\n" * 40_000
    made = report()
    submission = made.submission.model_copy(update={"diff": long + DIFF})
    shown = page.render(made.model_copy(update={"submission": submission}))
    said = Reader(shown).said()
    assert "a.py +40000 −0" in said
    assert re.search(r"39\d\d\d more lines of this file are left out here", said)
    assert "def plain" in said
    assert 80_000 < len(shown.encode()) <= 100_000


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


def test_statements_before_and_after_are_counted_and_named() -> None:
    said = Reader(page.render(report())).said()
    assert "before 2001 statements" in said and "after 3 statements" in said
    assert "The first 24 are drawn, 1977 more are left out here" in said
    assert "A 200 × SELECT ?" in said and "Counted among the first 200" in said


def test_a_request_without_a_statement_has_its_picture() -> None:
    shown = page.render(report(bugs=[bug("unstable-cache", before=None, after=trace(0))]))
    said = Reader(shown).said()
    assert "after 0 statements" in said
    assert "0 statements, the request took 0 ms and answers 500." in said
    assert "drawn" not in said


@pytest.mark.parametrize(
    ("total", "kept", "said"),
    [
        (1, 1, ""),
        (3, 3, ""),
        (3, 1, "Only the first is drawn, 2 more are left out here"),
        (3, 2, "The first 2 are drawn, 1 more is left out here"),
        (3, 0, "None is drawn, 3 are left out here"),
    ],
)
def test_it_says_which_statements_are_drawn(total: int, kept: int, said: str) -> None:
    whole = trace(total)
    cut = whole.model_copy(update={"statements": whole.statements[:kept]})
    shown = Reader(page.render(report(bugs=[bug("zero-pool", before=None, after=cut)]))).said()
    count = "1 statement" if total == 1 else f"{total} statements"
    assert f"{count}, the request took {total} ms and answers 500. {said}".strip() in shown
    assert shown.count(" drawn, ") == (2 if said else 0)


@pytest.mark.parametrize(("status", "said"), [(500, "3 ms, answers 500"), (201, "3 ms"), (None, "3 ms")])
def test_a_traced_request_that_fails_says_so(status: int | None, said: str) -> None:
    traced = trace(3).model_copy(update={"status": status})
    shown = Reader(page.render(report(bugs=[bug("zero-pool", before=None, after=traced)]))).said()
    assert f"after 3 statements, {said} " in shown
    assert ("answers" in shown) == (status == 500)


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


def _colours(css: str) -> Iterator[dict[str, str]]:
    for block in re.findall(r":root \{(.*?)\}", css, re.DOTALL)[:2]:
        yield dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block))


def _contrast(one: str, other: str) -> float:
    """As WCAG 2.2 defines it."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[nth : nth + 2], 16) / 255 for nth in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_text_stands_out_in_both_colour_schemes(harmless: str) -> None:
    schemes = list(_colours(harmless))
    assert len(schemes) == 2 and schemes[0].keys() == schemes[1].keys()
    backgrounds = {"paper", "sheet"}
    code = {"ink", "keyword", "string", "number", "name", "remark"}
    for scheme in schemes:
        for text in scheme.keys() - backgrounds - {"rule", "zone", "add", "cut"}:
            on = (
                backgrounds
                | ({"add", "cut"} if text in code else set())
                | ({"zone"} if text == "ink" else set())
            )
            for background in on:
                assert _contrast(scheme[text], scheme[background]) >= 4.5, (text, background, scheme[text])


FRAME = """<!doctype html><iframe srcdoc="{page}" style="border: 0; width: {width}px; height: 800px"></iframe>
<output></output><script>
onload = () => {{
  const whole = document.querySelector("iframe").contentDocument.documentElement
  document.querySelector("output").textContent =
    [whole.clientWidth, whole.scrollWidth, getComputedStyle(whole).colorScheme].join(" ")
}}
</script>"""


def browsed(browser: str, text: str, width: int, dark: bool, folder: Path) -> tuple[list[str], str]:
    """Width to be had, width needed and colour scheme of a page in a window so wide; and its console."""
    wrapper = folder / "wrapper.html"
    wrapper.write_text(FRAME.format(page=html.escape(text), width=width))
    done = subprocess.run(
        [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--enable-logging=stderr",
            f"--user-data-dir={folder / 'profile'}",
            f"--blink-settings=preferredColorScheme={0 if dark else 1}",
            "--virtual-time-budget=2000",
            "--dump-dom",
            wrapper.as_uri(),
        ],
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder)},
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
        check=True,
    )
    (found,) = re.findall(r"<output>(.*?)</output>", done.stdout)
    return found.split(), "".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("text", ["", HOSTILE, "\"'<&" * 500], ids=["harmless", "hostile", "long"])
def test_a_browser_shows_it_on_a_phone_without_scrolling_sideways(
    text: str, dark: bool, tmp_path: Path
) -> None:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if not browser:
        pytest.skip("no Chromium here")
    (had, needed, scheme), console = browsed(browser, page.render(report(text)), 390, dark, tmp_path)
    assert int(needed) == int(had) > 360
    assert scheme == ("dark" if dark else "light")
    assert console == ""


@pytest.mark.slow
def test_the_browser_would_tell_of_a_script_and_of_scrolling(tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if not browser:
        pytest.skip("no Chromium here")
    spoilt = page.render(report()).replace("<main>", "<main><script>1</script><p style='width: 500px'>x</p>")
    (had, needed, _), console = browsed(browser, spoilt, 390, False, tmp_path)
    assert int(needed) > int(had)
    assert "Content Security Policy" in console
