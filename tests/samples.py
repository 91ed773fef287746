"""Reports as they may come out of a grade, and text as a submission may send it."""

from __future__ import annotations

from typing import Any

from graders.model import Kind, Outcome, Verdict
from graders.report.schema import BugReport, Check, Kit, Machine, Mistake, Regraded, Report, Speed, Submission

HOSTILE = (
    "<script>alert(1)</script>",
    "</system-out></testcase>]]><!--",
    "::error file=x::owned\n::stop-commands::x",
    "##[add-mask]secret",
    "`` ` ```\n# heading",
    "| a | b |\n| --- | --- |\n| 1 | 2 |",
    "[here](https://evil.example) ![](https://evil.example/x.png) <https://evil.example>",
    "@everyone #1 https://evil.example www.evil.example a@evil.example",
    "&lt;b&gt; \\` *bold* _it_ ~~gone~~ $`x`$ <br>",
    "\x1b[2J\x1b]0;fixed\x07\r100 of 100\u202e\u2028\x00\ufffe\uffff\ud800",
    "50%0A::error::x%25, a:b,c",
    "",
    " ",
)
"""Names of products and files, exceptions and bodies, full of what some reader obeys."""


def speed(share: float = 1.0, low: float = 1.0, high: float = 1.0) -> Speed:
    return Speed(
        share=share,
        low=low,
        high=high,
        ratio=2,
        submission_ms=0.04,
        reference_ms=0.02,
        target_ms=0.05,
        baseline_ms=1e6,
        pairs=9,
        work="32 reports at once",
        samples=[(0.05, 0.02), (0.03, 0.02)],
    )


def check(name: str, outcome: Outcome = Outcome.PASSED, **said: Any) -> Check:
    kind = Kind.STILL_RIGHT if name == "rest" else Kind.NOW_RIGHT
    return Check(id=name, kind=kind, weight=1, outcome=outcome, line=f"it is {name}", **said)


def bug(slug: str, points: int, score: float, verdict: Verdict, **more: Any) -> BugReport:
    given = {"correctness": 1.0, "speed": None, "checks": [check("right")], "evidence": {}, **more}
    return BugReport(slug=slug, title=slug, points=points, score=score, verdict=verdict, **given)


def bugs(text: str = "500") -> list[BugReport]:
    """One bug of each verdict; `text` is what the submission says."""
    said = {"reason": text, "asked": text, "expected": "200", "actual": text, "help": "Look closer."}
    failed, unknown = check("answers", Outcome.FAILED, **said), check("fresh", Outcome.UNKNOWN, **said)
    rest = check("rest", Outcome.FAILED, **said)
    return [
        bug("n-plus-one", 30, 30, Verdict.FIXED, speed=speed()),
        bug("unstable-cache", 35, 25.4, Verdict.PARTLY_FIXED, correctness=0.8,
            checks=[check("right"), failed]),
        bug("slow", 10, 7.3, Verdict.PARTLY_FIXED, speed=speed(0.41, 0.4, 0.42)),
        bug("noisy", 5, 4.7, Verdict.INCONCLUSIVE, speed=speed(0.81, 0.7, 0.9), score_low=4.2, score_high=5,
            note="too noisy: close what runs"),
        bug("unseen", 5, 0, Verdict.INCONCLUSIVE, checks=[unknown], score_low=0, score_high=5, correctness=0),
        bug("zero-pool", 20, 0, Verdict.REGRESSED, checks=[check("right"), rest],
            mistakes=[Mistake(name="pool-of-one", reason="it *waits*")]),
        bug("missing-model", 15, 0, Verdict.NOT_FIXED, checks=[failed], correctness=0),
    ]  # fmt: skip


def report(
    rows: list[BugReport] | None = None, text: str = "500", boots: bool = True, regraded: bool = False
) -> Report:
    """A report of these bugs; the name, the files and the note are the submission's too."""
    rows = bugs(text) if rows is None else rows
    kit = Kit(version="1.0", exercise="abc", rules=2)
    old = Regraded(at="2026-10-01T00:00:00+00:00", kit=kit, score=1, verdict=Verdict.NOT_FIXED)
    lows = [row.score if row.score_low is None else row.score_low for row in rows]
    highs = [row.score if row.score_high is None else row.score_high for row in rows]
    return Report(
        kit=kit,
        submission=Submission(
            name=text, sha256="0" * 64, changed=["app/analytics.py", text], boots=boots, note=text
        ),
        machine=Machine(cpus=2, python="3.11", platform="Linux", isolation="process", noise=0.05),
        seed=7,
        started_at="2026-09-01T12:00:00+02:00",
        seconds=6.54321,
        score=round(sum(row.score for row in rows), 1),
        score_low=round(sum(lows), 1),
        score_high=round(sum(highs), 1),
        points=sum(row.points for row in rows),
        verdict=Verdict.PARTLY_FIXED,
        bugs=rows,
        regraded=old if regraded else None,
    )
