"""graders/report/github.py: what a runner of GitHub's makes of a grade."""

from __future__ import annotations

import json
from typing import Any

import pytest
from runners import Command, read
from samples import HOSTILE, bug, check, report, speed

from graders.bugs import BUGS
from graders.model import NOT_STARTED, Outcome, Verdict
from graders.report import github
from graders.report.clean import clean
from graders.report.schema import BugReport, Mistake

MODULES = {probe.bug.slug: probe.modules for probe in BUGS}
TEXTS = ("500", *HOSTILE)


def told(text: str, folder: str | None = "") -> list[Command]:
    lines = github.annotate(report(text=text), MODULES, folder).splitlines()
    found = [command for line in lines if (command := read(line))]
    assert len(found) == len(lines)
    return found


@pytest.mark.parametrize("text", TEXTS)
def test_every_annotation_is_read_as_it_was_meant(text: str) -> None:
    commands = told(text)
    assert [command.kind for command in commands] == ["error"] * 3 + ["warning"] * 3 + ["notice"]
    for command in commands[:3]:
        assert set(command.properties) <= {"title", "file", "line"}
        if clean(text):
            assert f"actual: {clean(text)}" in command.data.split("\n")
    assert "between 66.9 and 72.7 of 120" in commands[-1].data


def test_an_annotation_points_at_the_file_that_was_changed() -> None:
    files = {command.properties["title"]: command.properties.get("file") for command in told("500")}
    assert files["unstable-cache"] == "app/analytics.py"
    assert files["missing-model"] == "app/database.py"
    assert files["noisy"] is None


@pytest.mark.parametrize(
    ("actual", "place"),
    [
        ("app/analytics.py, line 44: KeyError: 7", ("app/analytics.py", "44")),
        ("/etc/app/analytics.py, line 44", ("app/analytics.py", "1")),
        ("app/secrets.py, line 44", ("app/analytics.py", "1")),
        ("app/analytics.py, line 0", ("app/analytics.py", "1")),
        ("app/analytics.py, line 99999999", ("app/analytics.py", "1")),
    ],
)
def test_an_annotation_stands_at_the_line_that_failed(actual: str, place: tuple[str, str]) -> None:
    (first, *_) = told(actual)
    assert (first.properties["file"], first.properties["line"]) == place


def test_files_are_named_from_the_root_of_the_repository() -> None:
    assert told("500", "work/ada: 1, x")[0].properties["file"] == "work/ada: 1, x/app/analytics.py"
    assert "file" not in told("500", None)[0].properties


def test_no_more_annotations_than_are_shown() -> None:
    failed = [check(f"c{nth}", Outcome.FAILED, reason=f"reason {nth}") for nth in range(15)]
    rows = [
        bug("many", 1, 0, Verdict.NOT_FIXED, checks=failed),
        *(bug(f"b{nth}", 1, 0, Verdict.INCONCLUSIVE) for nth in range(15)),
    ]
    commands = [read(line) for line in github.annotate(report(rows), MODULES).splitlines()]
    kinds = [command.kind for command in commands if command]
    assert {kind: kinds.count(kind) for kind in kinds} == {"error": 10, "warning": 10, "notice": 1}
    for last in (commands[9], commands[19]):
        assert last and last.data.endswith("and 5 more, see the summary of the job")


def annotated(rows: list[BugReport], **options: Any) -> list[Command]:
    lines = github.annotate(report(rows, **options), MODULES).splitlines()
    return [command for line in lines if (command := read(line))]


def failing(slug: str, *actual: str, reason: str = "the answer is a 500", **more: Any) -> BugReport:
    """A bug with a failed check for each of these answers."""
    checks = [
        check(f"{slug}{nth}", Outcome.FAILED, reason=reason, actual=one) for nth, one in enumerate(actual)
    ]
    return bug(slug, 20, 0, Verdict.NOT_FIXED, checks=checks, **more)


def test_one_cause_is_annotated_once_with_all_that_it_breaks() -> None:
    place = "app/analytics.py, line 44: KeyError: 7"
    rows = [failing("unstable-cache", place, place, "422"), failing("zero-pool", place, "422")]
    first, other, others = annotated(rows)[:3]
    assert first.data.splitlines()[:3] == [
        f"it is {id}" for id in ("unstable-cache0", "unstable-cache1", "zero-pool0")
    ]
    assert (first.properties["file"], first.properties["line"]) == ("app/analytics.py", "44")
    assert other.data.startswith("it is unstable-cache2")
    assert others.data.startswith("it is zero-pool1")
    assert [command.kind for command in annotated(rows)] == ["error"] * 3 + ["notice"]


def test_another_reason_is_another_cause() -> None:
    rows = [failing("zero-pool", "1"), failing("zero-pool", "1", reason="the sum is wrong")]
    assert [command.kind for command in annotated(rows)] == ["error"] * 2 + ["notice"]


@pytest.mark.parametrize(
    ("note", "file", "line"),
    [
        ("app/analytics.py, line 38: SyntaxError: invalid syntax", "app/analytics.py", "38"),
        ("app/secrets.py, line 38: SyntaxError", None, None),
        ("exit code 1", None, None),
    ],
)
def test_what_keeps_a_service_from_starting_is_annotated(
    note: str, file: str | None, line: str | None
) -> None:
    silent = bug("zero-pool", 20, 0, Verdict.NOT_FIXED, checks=[
        check("answers", Outcome.FAILED, reason=NOT_STARTED, actual=note)
    ])  # fmt: skip
    error, notice = annotated([silent], text=note, boots=False)
    assert (error.kind, notice.kind) == ("error", "notice")
    assert error.data == f"The service does not start: {note}"
    assert (error.properties.get("file"), error.properties.get("line")) == (file, line)


def test_what_is_too_slow_is_a_warning_at_its_module() -> None:
    known = [Mistake(name="locked", reason="it waits")]
    slow = bug("unstable-cache", 35, 20, Verdict.PARTLY_FIXED, speed=speed(0.41), mistakes=known)
    warning, _ = annotated([slow])
    assert (warning.kind, warning.properties["file"]) == ("warning", "app/analytics.py")
    assert warning.data.splitlines() == [
        "too slow: it takes 0 ms for 32 reports at once; full marks up to 0 ms",
        "fails the same checks as a known wrong fix, locked: it waits",
    ]


def test_known_wrong_fixes_are_named_once_a_bug() -> None:
    known = [Mistake(name=name, reason="it waits") for name in ("one", "two")]
    first, second, _ = annotated([failing("zero-pool", "1", "app/analytics.py, line 2", mistakes=known)])
    lines = ["fails the same checks as a known wrong fix, one: it waits", "or two: it waits"]
    assert first.data.splitlines()[-2:] == lines
    assert "known wrong fix" not in second.data


@pytest.mark.parametrize("limit", [0, 10, 100, 500, 1000, 1 << 20])
def test_a_summary_is_cut_between_lines(limit: int) -> None:
    whole = github.render(report(text="ü" * 200))
    cut = github.render(report(text="ü" * 200), limit)
    assert len(cut.encode()) <= limit
    head = cut.removesuffix(github.CUT)
    assert whole.startswith(head)
    assert head in ("", whole) or head.endswith("\n")
    assert (cut == whole) == (len(whole.encode()) <= limit)


def test_json_is_the_same_without_a_command_in_it() -> None:
    text = report(text="##[add-mask]x ###[group] ##").as_json()
    assert "##[" in text
    assert "##[" not in github.inert(text)
    assert json.loads(github.inert(text)) == json.loads(text)
