"""Is there a Python for the candidate and for the grade, with the exercise's packages or a way to them?"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from doctor import mend
from doctor.finding import Finding, failure, ok, warning
from doctor.interview import Interview, Means
from graders import process
from graders.errors import KitError
from graders.scratch import scratch

NEEDED = (3, 11)
"""The version that the exercise's README asks for."""
START_SECONDS = 20
VENV_SECONDS = 90
PIP_SECONDS = 60
VERSIONS = """
import sys
from importlib import metadata
for name in sys.argv[1:]:
    try:
        print(metadata.version(name))
    except metadata.PackageNotFoundError:
        print()
"""
VERSION = "import platform; print(platform.python_version())"


class Requirement(NamedTuple):
    """A line of requirements.txt."""

    name: str
    least: str

    def __str__(self) -> str:
        return f"{self.name}>={self.least}" if self.least else self.name


def python(interview: Interview, means: Means) -> Iterator[Finding]:
    """The `python3` that the candidate will type."""
    remedy = mend.other_python(interview)
    if not interview.which("python3"):
        yield failure("python", "There is no python3, which the exercise's README begins with.", remedy)
        return
    root = Path("/")  # `-c` imports from the current folder; in a temporary one anybody may lay modules
    outcome = means.run(["python3", "-c", VERSION], interview.environment, root, START_SECONDS)
    version = outcome.said.strip().rpartition("\n")[2]  # above it there may be warnings
    if not outcome.right or not _numbers(version):
        yield failure("python", f"python3 does not run: {outcome.why}.", remedy)
    elif _numbers(version)[:2] < NEEDED:
        yield failure("python", f"python3 is {version}; the exercise needs 3.11 or later.", remedy)
    elif _numbers(version)[:2] > _numbers(interview.runs_on)[:2]:
        sentence = f"python3 is {version}, but grades run on {interview.runs_on}, which lacks newer syntax."
        yield warning("python", sentence, remedy)
    else:
        yield ok("python", f"python3 is {version}")


def _numbers(version: str) -> tuple[int, ...]:
    """The release part of a version: 2.1.0b3 is (2, 1, 0)."""
    found = re.match(r"\d+(\.\d+)*", version.strip())
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def packages(interview: Interview, means: Means) -> Iterator[Finding]:
    """What a graded service imports, beside the kit."""
    wanted = requirements((interview.tree / "exercise" / "requirements.txt").read_text("utf-8"))
    here = _installed(wanted, interview, means)
    lacking = [one for one in wanted if not _satisfied(one, here[one])]
    if lacking:
        told = ", ".join(f"{one}{f' ({here[one]} is here)' if here[one] else ''}" for one in lacking)
        remedy = mend.pip_install(interview, *map(str, lacking))
        yield failure("packages", f"Nothing can be graded without {told}.", remedy)
    else:
        yield ok("packages", ", ".join(f"{one.name} {here[one]}" for one in wanted))


def requirements(text: str) -> list[Requirement]:
    """The lines of a requirements.txt that only asks for least versions. Raises ValueError for others."""
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    return [_requirement(line) for line in lines if line]


def _requirement(line: str) -> Requirement:
    found = re.fullmatch(r"([\w.-]+)\s*(?:>=\s*(\d+(?:\.\d+)*))?", line)
    if not found:
        raise ValueError(f"requirements.txt says {line!r}, which is not understood")
    return Requirement(found[1], found[2] or "")


def _installed(wanted: Sequence[Requirement], interview: Interview, means: Means) -> dict[Requirement, str]:
    """The versions that a graded service finds, which does not see the kit's environment; empty for none."""
    command = [str(interview.python), "-P", "-c", VERSIONS, *(one.name for one in wanted)]
    outcome = means.run(command, process.environment(interview.temporary), Path("/"), START_SECONDS)
    if not outcome.right:
        raise KitError(f"{interview.python} does not run: {outcome.why}.")
    return dict(zip(wanted, outcome.said.splitlines()[-len(wanted) :], strict=True))


def _satisfied(one: Requirement, version: str) -> bool:
    return bool(version) and _padded(version) >= _padded(one.least)


def _padded(version: str) -> tuple[int, ...]:
    """A version's numbers, so that 2 is not less than 2.0."""
    return (*_numbers(version), 0, 0, 0, 0)[:4]


def steps(interview: Interview, means: Means) -> Iterator[Finding]:
    """The candidate's first two steps, played in a temporary folder: an environment, and its packages."""
    with scratch(interview.temporary) as home:
        # What is ended on the way leaves its own temporary files.
        interview = replace(interview, environment={**interview.environment, "TMPDIR": str(home)})
        made = means.run(["python3", "-m", "venv", "venv"], interview.environment, home, VENV_SECONDS)
        if not made.right:
            yield _no_venv(interview, means, home, made.why)
            return
        yield ok("venv", "python3 -m venv makes an environment")
        yield _pip(interview, means, home)


def _no_venv(interview: Interview, means: Means, home: Path, why: str) -> Finding:
    sentence = "python3 -m venv makes no environment"
    whole = means.run(["python3", "-c", "import ensurepip, venv"], interview.environment, home, START_SECONDS)
    if whole.right:
        return failure("venv", f"{sentence}: {why}.", "python3 -m venv .venv")
    return failure(
        "venv", f"{sentence}: a part of Python is not installed.", *_venv_package(interview, means, home)
    )


def _venv_package(interview: Interview, means: Means, home: Path) -> tuple[str, ...]:
    if interview.which("apt-get"):
        version = _numbers(
            means.run(["python3", "-c", VERSION], interview.environment, home, START_SECONDS).said
        )
        return mend.install(interview, "python{}.{}-venv".format(*version[:2]))
    return mend.install(interview, "python3") or (mend.other_python(interview),)


def _pip(interview: Interview, means: Means, home: Path) -> Finding:
    """Ask the new environment's pip for all that the candidate needs, without installing it."""
    options = ["--dry-run", "--quiet", "--no-input", "--disable-pip-version-check", "--retries", "1"]
    wanted = ["-r", str(interview.tree / "exercise" / "requirements.txt"), "httpx"]
    outcome = means.run(
        [str(home / "venv" / "bin" / "python"), "-m", "pip", "install", *options, *wanted],
        interview.environment,
        home,
        PIP_SECONDS,
    )
    if outcome.right:
        return ok("pip", "pip can fetch the exercise's packages and httpx")
    requirements_path = shlex.quote(str(interview.tree / "exercise" / "requirements.txt"))
    return warning(
        "pip",
        f"pip cannot fetch the exercise's packages: {outcome.why}. "
        "Fetch them where there is a network, then install from that folder.",
        f"python3 -m pip download -d wheels -r {requirements_path} httpx",
        "pip install --no-index --find-links wheels -r requirements.txt httpx",
    )
