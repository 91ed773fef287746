"""Everything that could fail in front of a candidate, looked at in turn, the quick things first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from doctor import folders, machine, probe, python
from doctor.finding import Finding, Level, failure, warning
from doctor.interview import Interview, Means, Progress
from graders.clock import Steadiness
from graders.errors import ClockMoved, KitError


@dataclass(frozen=True)
class Check:
    """One look: its first finding's name, what is said meanwhile, and what must not have failed."""

    name: str
    doing: str
    look: Callable[[Interview, Means, Progress], Iterator[Finding]]
    needs: tuple[str, ...] = ()


def _simple(look: Callable[[Interview, Means], Iterator[Finding]]) -> Callable[..., Iterator[Finding]]:
    return lambda interview, means, progress: look(interview, means)


CHECKS = (
    Check("python", "starting python3", _simple(python.python)),
    Check("packages", "looking for packages", _simple(python.packages)),
    Check("environment", "reading the environment", _simple(machine.environment)),
    Check("port", "trying the port", _simple(machine.port)),
    Check("workspace", "writing files", _simple(folders.folders)),
    Check("clock", "reading the clock", _simple(machine.clock)),
    Check("cores", "counting cores", _simple(machine.cores)),
    Check("isolation", "trying bwrap", _simple(machine.isolation)),
    Check("venv", "making an environment, asking pip", _simple(python.steps), ("python", "temporary")),
    Check("exercise", "grading the fixed exercise", probe.probe, ("packages", "temporary")),
)


def examine(
    interview: Interview, progress: Progress, means: Means | None = None, checks: tuple[Check, ...] = CHECKS
) -> Iterator[Finding]:
    """Every finding as soon as it is known; the machine's troubles are findings, never exceptions.

    Takes about twenty seconds. `progress` is called with what is being done.
    """
    means = means or Means()
    steadiness = Steadiness(lambda: means.now().timestamp(), means.monotonic)
    failed: dict[str, Finding] = {}
    for check in checks:
        progress(check.doing)
        for finding in _findings(check, failed, interview, means, progress):
            if finding.level is Level.FAILURE:
                failed[finding.name] = finding
            yield finding
    yield from _steady(steadiness, interview)


def _findings(
    check: Check, failed: dict[str, Finding], interview: Interview, means: Means, progress: Progress
) -> Iterator[Finding]:
    blocking = [failed[name] for name in check.needs if name in failed]
    if blocking:
        first = blocking[0]
        yield warning(check.name, f"Not tried, for {first.name} must be mended first.", *first.mends)
        return
    try:
        yield from check.look(interview, means, progress)
    except Exception as error:  # a look that fails says something about the machine too
        yield failure(check.name, f"This could not be looked at: {_told(error)}.", "kit doctor")


def _told(error: Exception) -> str:
    if isinstance(error, KitError):
        return str(error).rstrip(".")
    if isinstance(error, OSError):
        return f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}"
    return f"{type(error).__name__}: {error}".rstrip(".")


def _steady(steadiness: Steadiness, interview: Interview) -> Iterator[Finding]:
    """The wall clock went as fast as the monotonic one, or there is something to say."""
    try:
        steadiness.expect()
    except ClockMoved:
        yield warning(
            "clock",
            "The clock was set, or the machine slept, in these seconds.",
            machine.set_clock(interview),
        )
