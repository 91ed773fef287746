"""Reports with something of everything in them, and what a browser makes of their pages."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

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


def harmless() -> str:
    return page.render(report())


def hostile() -> str:
    return page.render(report(HOSTILE))
