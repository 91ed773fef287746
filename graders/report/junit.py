"""A report as JUnit XML, in the profile that the strictest reader takes; pure.

No standard exists. What is written here is valid for the schema that Jenkins ships (junit-10.xsd): times
with at most three decimals and no exponent, no `skipped` on the root, no properties on a test case. A suite
is a bug, a test case is a check, and one more is the speed where it was measured. GitLab drops cases of one
name, so each is unique. What could not be told is skipped, never failed; a service that does not start has
failed, since that is the submission's own trouble; a check that was left out since another one failed is
skipped. A check has no time of its own, so only the speed has one: the median of the submission, in seconds.
Why a case failed is the text of its failure, which every reader shows; only the samples are its output.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator

from junitparser import Failure, JUnitXml, Skipped, TestCase, TestSuite

from graders.model import Outcome, Verdict
from graders.report import plain
from graders.report.clean import clean
from graders.report.schema import BugReport, Check, Report, Speed
from graders.speed import FAST_ENOUGH

NO_CHARACTERS = re.compile("[\ufffe\uffff]")
"""What XML cannot hold, beside what is never let through."""


def render(report: Report) -> str:
    """The whole file."""
    root = JUnitXml("kit")
    for bug in report.bugs:
        root.add_testsuite(_suite(bug, report))
    suites = list(root)
    root.tests = sum(suite.tests for suite in suites)
    root.failures = sum(suite.failures for suite in suites)
    root.errors = sum(suite.errors for suite in suites)
    root.time = round(report.seconds, 3)
    written = io.BytesIO()
    root.write(written)
    return f"{written.getvalue().decode()}\n"


def _suite(bug: BugReport, report: Report) -> TestSuite:
    suite = TestSuite(bug.slug)
    for name, value in _properties(bug, report):
        suite.add_property(name, _text(value))
    suite.add_testcases([*_cases(bug)])
    suite.timestamp = report.started_at[:19]
    return suite


def _properties(bug: BugReport, report: Report) -> Iterator[tuple[str, str]]:
    """Of one suite; no name comes twice in a file, since some readers keep one set of them for all suites."""
    yield f"{bug.slug}.verdict", plain.verdict(bug.verdict)
    yield f"{bug.slug}.score", plain.score(bug)
    yield f"{bug.slug}.submission", report.submission.name
    yield f"{bug.slug}.seed", str(report.seed)
    if bug is not report.bugs[0]:
        return
    yield "kit.version", report.kit.version
    yield "kit.exercise", report.kit.exercise
    yield "kit.rules", str(report.kit.rules)
    yield "seed", str(report.seed)
    yield "submission", report.submission.name
    yield "sha256", report.submission.sha256


def _cases(bug: BugReport) -> Iterator[TestCase]:
    name = f"kit.{bug.slug}"
    for check in bug.checks:
        case = TestCase(_text(f"{check.kind}.{check.id}"), name)
        _judge(case, check, bug)
        yield case
    if bug.speed:
        case = TestCase("latency.share", name, round(bug.speed.submission_ms / 1000, 3))
        _judge_speed(case, bug, bug.speed)
        yield case


def _judge(case: TestCase, check: Check, bug: BugReport) -> None:
    if check.outcome is Outcome.PASSED:
        return
    message = f"{plain.promise(check)}: {check.reason}" if check.reason else plain.promise(check)
    if plain.untried(check):
        case.result = Skipped(_text(message))
    elif check.outcome is Outcome.UNKNOWN:
        case.result = _with(Skipped(_text(f"could not be told: {message}")), plain.explained(check))
    else:
        failure = Failure(_text(message), _text(check.kind.value))
        case.result = _with(failure, [*plain.explained(check), *plain.mistakes(bug)])


def _judge_speed(case: TestCase, bug: BugReport, speed: Speed) -> None:
    said = f"speed {_part(speed.share)}, at least {_part(FAST_ENOUGH)} needed"
    lines = [*_measured(speed), *plain.mistakes(bug)]
    if bug.verdict is Verdict.INCONCLUSIVE and speed.low < FAST_ENOUGH <= speed.high:
        case.result = _with(
            Skipped(_text(f"inconclusive: {said}{f'. {bug.note}' if bug.note else ''}")), lines
        )
    elif speed.share < FAST_ENOUGH:
        case.result = _with(Failure(said, "TooSlow"), lines)
    if speed.samples:
        samples = ", ".join(f"{ours:g}/{reference:g}" for ours, reference in speed.samples)
        case.system_out = f"submission/reference in ms, pair by pair: {samples}"


def _measured(speed: Speed) -> Iterator[str]:
    yield f"it takes {plain.took(speed)}"
    between = f", speed between {_part(speed.low)} and {_part(speed.high)}" if plain.spreads(speed) else ""
    yield f"the reference takes {speed.reference_ms:.0f} ms; {plain.pairs(speed)}{between}"


def _part(share: float) -> str:
    """In percent; three digits, so that what is just too little does not read as enough."""
    return f"{100 * share:.3g}%"


def _with(result: Failure | Skipped, lines: Iterable[str]) -> Failure | Skipped:
    """The same with a text."""
    result.text = "\n".join(map(_safe, lines))
    return result


def _text(given: str) -> str:
    """One line of harmless text that any XML reader takes."""
    return _safe(clean(given))


def _safe(line: str) -> str:
    return NO_CHARACTERS.sub(lambda found: f"\\u{ord(found[0]):04x}", line)
