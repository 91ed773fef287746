"""doctor/: each finding is made to be fine and made to fail; the real machine is asked in one slow test."""

from __future__ import annotations

import importlib.util
import os
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from conftest import TREE, free_port
from rich.console import Console

from doctor import command, examine, folders, interview, machine, probe, python, text
from doctor.command import Outcome
from doctor.examine import Check
from doctor.finding import Finding, Level, failure, ok, warning, would_fail
from doctor.interview import Interview, Means
from graders import variant
from graders.errors import ClockMoved, ReferenceFailed
from graders.model import SLUGS, Kind, Verdict
from graders.model import Outcome as Seen
from graders.report import schema
from graders.report.schema import Report
from workspaces import ports

RIGHT = Outcome(True, "")
Run = Callable[[Sequence[str], Mapping[str, str], Path, float], Outcome]


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder with a path that is short enough for sockets."""
    with TemporaryDirectory(prefix="kit-") as folder:
        yield Path(folder)


@pytest.fixture
def here(tmp_path: Path, short: Path) -> Interview:
    """An interview on a machine with nothing but a python3 on its path."""
    (tmp_path / "bin").mkdir()
    program(tmp_path, "python3")
    return Interview(
        tree=TREE,
        version="test",
        folder=tmp_path / "shop",
        state=tmp_path / "state" / "debugkit",
        port=free_port(),
        environment={"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)},
        seed=7,
        temporary=short,
        python=Path("/opt/my kit/bin/python"),
        platform="linux",
        runs_on="3.11.4",
        root=False,
    )


def program(home: Path, name: str) -> None:
    """Put a program on the path; what it does is up to `answers`."""
    (home / "bin" / name).write_text("#!/bin/sh\n")
    (home / "bin" / name).chmod(0o755)


def answers(**by_word: Outcome) -> Run:
    """Commands answer by the first of these words that they hold; others go well."""

    def run(command: Sequence[str], environment: Mapping[str, str], folder: Path, seconds: float) -> Outcome:
        line = " ".join(command)
        return next((outcome for word, outcome in by_word.items() if word in line), RIGHT)

    return run


def quiet(doing: str) -> None:
    """Progress that nobody reads."""


def one(findings: Iterator[Finding]) -> Finding:
    """The only finding."""
    (finding,) = findings
    return finding


# Python


def python3(here: Interview, outcome: Outcome) -> Finding:
    return one(python.python(here, Means(run=answers(python_version=outcome))))


@pytest.mark.parametrize("version", ["3.11.0", "3.11.9", "3.11.2+"])
def test_a_python_that_will_do(here: Interview, version: str) -> None:
    assert python3(here, Outcome(True, f"a warning\n{version}\n")) == ok("python", f"python3 is {version}")


@pytest.mark.parametrize(
    ("outcome", "level", "said"),
    [
        (Outcome(True, "3.9.18\n"), Level.FAILURE, "python3 is 3.9.18; the exercise needs 3.11"),
        (Outcome(True, "3.13.0rc1\n"), Level.WARNING, "python3 is 3.13.0rc1, but grades run on 3.11.4"),
        (Outcome(False, "no such version\n"), Level.FAILURE, "python3 does not run: no such version."),
        (Outcome(True, ""), Level.FAILURE, "python3 does not run: it says nothing."),
    ],
)
def test_a_python_that_will_not_do(here: Interview, outcome: Outcome, level: Level, said: str) -> None:
    finding = python3(here, outcome)
    assert (finding.level, finding.sentence[: len(said)]) == (level, said)
    assert finding.mends == ("'/opt/my kit/bin/python' -m venv .venv && . .venv/bin/activate",)


def test_no_python_at_all(here: Interview, tmp_path: Path) -> None:
    (tmp_path / "bin" / "python3").unlink()
    finding = one(python.python(here, Means()))
    assert (finding.level, finding.sentence[:19]) == (Level.FAILURE, "There is no python3")


def test_the_packages_are_here(here: Interview) -> None:
    finding = one(python.packages(replace(here, python=Path(sys.executable)), Means()))
    assert (finding.level, finding.sentence.count(" ")) == (Level.OK, 7)
    assert f"pydantic {metadata.version('pydantic')}" in finding.sentence


@pytest.mark.parametrize(("has_pip", "installer"), [(True, "{} -m pip"), (False, "uv pip")])
def test_packages_are_missing_or_old(
    here: Interview, monkeypatch: pytest.MonkeyPatch, has_pip: bool, installer: str
) -> None:
    run = answers(metadata=Outcome(True, "0.115\n\n1.4.50\n99\n"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: has_pip or None)
    finding = one(python.packages(here, Means(run=run)))
    assert finding.level is Level.FAILURE
    assert (
        finding.sentence == "Nothing can be graded without uvicorn>=0.30, sqlalchemy>=2.0 (1.4.50 is here)."
    )
    interpreter = "'/opt/my kit/bin/python'"
    assert finding.mends[0].startswith(f"{installer.format(interpreter)} install")
    assert finding.mends[0].endswith("'uvicorn>=0.30' 'sqlalchemy>=2.0'")


@pytest.mark.parametrize(
    ("least", "version", "fine"),
    [("2.0", "2", True), ("0.115", "0.99.1", False), ("0.115", "0.115.0b1", True), ("2.7", "2.10", True)],
)
def test_versions_are_compared_as_numbers(
    here: Interview, tmp_path: Path, least: str, version: str, fine: bool
) -> None:
    (tmp_path / "exercise").mkdir()
    (tmp_path / "exercise" / "requirements.txt").write_text(f"shop>={least}  # why\n\n")
    finding = one(
        python.packages(
            replace(here, tree=tmp_path), Means(run=answers(metadata=Outcome(True, f"{version}\n")))
        )
    )
    assert (finding.level is Level.OK) == fine


def test_an_interpreter_of_the_kit_that_does_not_run(here: Interview) -> None:
    checks = (Check("packages", "", lambda given, means, progress: python.packages(given, means)),)
    means = Means(run=answers(metadata=Outcome(False, "no such file\n")))
    finding = one(examine.examine(here, quiet, means, checks))
    assert (finding.level, "python does not run: no such file." in finding.sentence) == (Level.FAILURE, True)


def test_a_requirement_that_is_not_understood_is_not_passed_over() -> None:
    assert [str(one) for one in python.requirements("a\nb >= 1.2\n")] == ["a", "b>=1.2"]
    with pytest.raises(ValueError, match="a<3"):
        python.requirements("a<3")


def test_the_candidates_first_steps_work(here: Interview) -> None:
    given = []

    def run(command: Sequence[str], environment: Mapping[str, str], folder: Path, seconds: float) -> Outcome:
        given.append((environment, folder))
        return RIGHT

    names = [(finding.name, finding.level) for finding in python.steps(here, Means(run=run))]
    assert names == [("venv", Level.OK), ("pip", Level.OK)]
    assert all(set_here["TMPDIR"] == str(folder) for set_here, folder in given)
    assert {folder.parent for _, folder in given} == {here.temporary}
    assert not list(here.temporary.iterdir())


@pytest.mark.parametrize(
    ("manager", "mends"),
    [
        ("apt-get", ("sudo apt-get install -y python3.12-venv",)),
        ("dnf", ("sudo dnf install -y python3",)),
        ("none", ("'/opt/my kit/bin/python' -m venv .venv && . .venv/bin/activate",)),
    ],
)
def test_venv_lacks_a_part(here: Interview, tmp_path: Path, manager: str, mends: tuple[str, ...]) -> None:
    program(tmp_path, manager)
    run = answers(
        **{"-m venv": Outcome(False, ""), "ensurepip": Outcome(False, "")}, version=Outcome(True, "3.12.1")
    )
    finding = one(python.steps(here, Means(run=run)))
    assert (finding.name, finding.level, finding.mends) == ("venv", Level.FAILURE, mends)
    assert "a part of Python is not installed" in finding.sentence


def test_venv_fails_for_another_reason(here: Interview) -> None:
    finding = one(python.steps(here, Means(run=answers(**{"-m venv": Outcome(False, "x\nno space\n")}))))
    assert finding == failure(
        "venv", "python3 -m venv makes no environment: no space.", "python3 -m venv .venv"
    )


def test_pip_fetches_nothing(here: Interview, tmp_path: Path) -> None:
    (tmp_path / "my tree" / "exercise").mkdir(parents=True)
    said = "WARNING: tried again\nERROR: No version of httpx is found\nERROR: No match\n"
    run = answers(**{"pip install": Outcome(False, said)})
    finding = list(python.steps(replace(here, tree=tmp_path / "my tree"), Means(run=run)))[-1]
    assert (finding.name, finding.level) == ("pip", Level.WARNING)
    assert "packages: No version of httpx is found. Fetch" in finding.sentence
    requirements = shlex.split(finding.mends[0])[-2]
    assert requirements == str(tmp_path / "my tree" / "exercise" / "requirements.txt")


# The machine


def test_a_free_port(here: Interview) -> None:
    assert one(machine.port(here, Means())) == ok("port", f"{here.port} is free")


@pytest.fixture
def taken(here: Interview) -> Iterator[Interview]:
    """The same with something that listens on the port."""
    with closing(socket.create_server(("", 0))) as listener:
        yield replace(here, port=listener.getsockname()[1])


def test_a_taken_port_is_freed_by_ending_its_holder(
    taken: Interview, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "listener", lambda port: ports.Listener("uvicorn", os.getpid()))
    finding = one(machine.port(taken, Means()))
    assert finding.sentence.startswith(
        f"Port {taken.port} is taken by uvicorn (process {os.getpid()}): end it"
    )
    assert (finding.level, finding.mends) == (Level.FAILURE, (f"kill {os.getpid()}",))


def test_a_holder_that_is_not_ours_is_ended_by_root(
    taken: Interview, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(process: int, number: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", kill)
    monkeypatch.setattr(ports, "listener", lambda port: ports.Listener("nginx", 12))
    assert one(machine.port(taken, Means())).mends == ("sudo kill 12",)
    assert one(machine.port(replace(taken, root=True), Means())).mends == ("kill 12",)


def test_an_unknown_holder_is_looked_for(taken: Interview, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "listener", lambda port: None)
    assert one(machine.port(taken, Means())).mends == (f"sudo ss -ltnp 'sport = :{taken.port}'",)
    mac = one(machine.port(replace(taken, platform="darwin"), Means()))
    assert mac.mends == (f"sudo lsof -nP -iTCP:{taken.port} -sTCP:LISTEN",)


def test_what_is_no_port(here: Interview) -> None:
    finding = one(machine.port(replace(here, port=70000), Means()))
    assert (finding.level, finding.mends) == (Level.FAILURE, ("kit doctor --port 8000",))


def clock(here: Interview, before: timedelta) -> Finding:
    """What is found by a clock that is so much before the newest file of the kit."""
    (here.temporary / "exercise").mkdir()
    file = here.temporary / "exercise" / "main.py"
    file.touch()
    written = datetime(2026, 11, 24, 9, 30, tzinfo=timezone.utc)
    os.utime(file, (written.timestamp(), written.timestamp()))
    os.utime(file.parent, (0, 0))
    return one(machine.clock(replace(here, tree=here.temporary), Means(now=lambda: written - before)))


@pytest.mark.parametrize("minutes", [-5, 0, 1])
def test_a_clock_that_goes_right(here: Interview, minutes: int) -> None:
    assert clock(here, timedelta(minutes=minutes)).level is Level.OK


def test_a_clock_that_was_set_back(here: Interview, tmp_path: Path) -> None:
    program(tmp_path, "timedatectl")
    assert clock(here, timedelta(days=1)) == failure(
        "clock",
        "The clock says 2026-11-23 09:30 UTC, but the kit is of 2026-11-24 09:30 UTC: it was set back.",
        "sudo timedatectl set-ntp true",
    )


def test_how_a_clock_is_set(here: Interview, tmp_path: Path) -> None:
    assert machine.set_clock(replace(here, platform="darwin")).startswith("sudo systemsetup ")
    assert machine.set_clock(here).startswith("sudo date ")
    program(tmp_path, "chronyc")
    assert machine.set_clock(replace(here, root=True)) == "chronyc makestep"


@pytest.mark.parametrize(
    ("name", "harmful", "harmless"),
    [
        ("DATABASE_URL", "postgresql://me:secret@db/shop", "sqlite:///./shop.db"),
        ("ANALYTICS_TTL_SECONDS", "60", "2"),
        ("WEB_CONCURRENCY", "4", "1"),
        ("PYTHONSAFEPATH", "1", ""),
    ],
)
def test_variables_that_change_the_exercise(here: Interview, name: str, harmful: str, harmless: str) -> None:
    def found(value: str) -> Finding:
        return one(machine.environment(replace(here, environment={name: value}), Means()))

    assert found(harmless).level is Level.OK
    assert (found(harmful).level, found(harmful).mends) == (Level.FAILURE, (f"unset {name}",))
    assert harmful not in found(harmful).sentence.split()


@pytest.mark.parametrize(
    ("variables", "level"),
    [
        ({"http_proxy": "http://proxy:3128"}, Level.WARNING),
        ({"ALL_PROXY": "http://proxy:3128", "no_proxy": "intranet"}, Level.WARNING),
        ({"http_proxy": "http://proxy:3128", "NO_PROXY": "intranet, localhost"}, Level.OK),
        ({"http_proxy": "http://proxy:3128", "no_proxy": "*"}, Level.OK),
        ({"https_proxy": "http://proxy:3128"}, Level.OK),
    ],
)
def test_a_proxy_that_curl_would_ask(here: Interview, variables: dict[str, str], level: Level) -> None:
    assert one(machine.environment(replace(here, environment=variables), Means())).level is level


@pytest.mark.parametrize(("count", "level"), [(1, Level.WARNING), (2, Level.OK)])
def test_cores(here: Interview, count: int, level: Level) -> None:
    assert one(machine.cores(here, Means(cores=lambda: count))).level is level


def test_isolation_is_never_promised(here: Interview, tmp_path: Path) -> None:
    mac = one(machine.isolation(replace(here, platform="darwin"), Means()))
    assert (mac.level, "bwrap" in mac.sentence) == (Level.WARNING, False)
    missing = one(machine.isolation(here, Means()))
    assert missing.sentence.endswith("There is no bwrap here, and this kit uses none yet.")
    program(tmp_path, "bwrap")
    works = one(machine.isolation(here, Means(run=answers())))
    broken = one(
        machine.isolation(here, Means(run=answers(bwrap=Outcome(False, "bwrap: Permission denied\n"))))
    )
    assert works.sentence.endswith("bwrap yet, which works here.")
    assert broken.sentence.endswith("which does not work here (bwrap: Permission denied).")
    assert {works.level, missing.level, broken.level} == {Level.WARNING}


# Folders


def written(here: Interview, room: Callable[[Path], int] = lambda path: 10**11) -> dict[str, Finding]:
    return {finding.name: finding for finding in folders.folders(here, Means(room=room))}


def test_folders_that_can_be_written(here: Interview, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    found = written(here)
    assert [finding.level for finding in found.values()] == [Level.OK] * 3
    assert found["workspace"].sentence == f"{here.folder}, 100 GB free"
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("free", [250 * 10**6, 249 * 10**6])
def test_the_room_for_a_workspace(here: Interview, tmp_path: Path, free: int) -> None:
    elsewhere = Path("/var/tmp")
    found = written(here, lambda path: 10**11 if path == elsewhere else free)["workspace"]
    assert (found.level is Level.OK) == (free == 250 * 10**6)
    if found.level is not Level.OK:
        assert found.sentence == f"{here.folder} has 249 MB free, and 250 MB are needed."
        assert found.mends == ("kit start --no-serve /var/tmp/interview",)


def test_no_room_anywhere(here: Interview) -> None:
    found = written(here, lambda path: 0)
    levels = {"workspace": Level.FAILURE, "temporary": Level.FAILURE, "saved edits": Level.WARNING}
    assert {name: finding.level for name, finding in found.items()} == levels
    assert {finding.mends for finding in found.values()} == {("df -h",)}


def test_what_cannot_be_written(here: Interview, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    below = tmp_path / "file" / "below"
    home = tmp_path / "my home"
    home.mkdir()
    there = replace(here, folder=below, temporary=below, state=below, environment={"HOME": str(home)})
    found = written(there)
    levels = {"workspace": Level.FAILURE, "temporary": Level.FAILURE, "saved edits": Level.WARNING}
    assert {name: finding.level for name, finding in found.items()} == levels
    assert {finding.sentence for finding in found.values()} == {f"{below} cannot be used: Not a directory."}
    quoted = shlex.quote(str(home))
    assert found["workspace"].mends == (f"kit start --no-serve {quoted}/interview",)
    assert found["temporary"].mends == (f"export TMPDIR={quoted}",)
    assert found["saved edits"].mends == (f"export XDG_STATE_HOME={quoted}",)


def test_a_folder_that_is_no_place_for_a_workspace(here: Interview, tmp_path: Path) -> None:
    here.folder.mkdir()
    assert written(here)["workspace"].level is Level.OK
    (here.folder / "notes.txt").touch()
    assert "is not empty and holds no exercise" in written(here)["workspace"].sentence
    (here.folder / "app").mkdir()
    (here.folder / "app" / "main.py").touch()
    assert written(here)["workspace"].level is Level.OK
    assert (
        "inside the workspace" in written(replace(here, folder=here.folder / "inner"))["workspace"].sentence
    )


def test_a_temporary_folder_too_deep_for_a_socket(here: Interview, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = here.temporary / ("x" * 100)
    deep.mkdir()
    if sys.platform == "linux":
        assert written(replace(here, temporary=deep))["temporary"].level is Level.OK
    monkeypatch.setattr("graders.sockets.near", nullcontext)  # as where a folder has no short name
    found = written(replace(here, temporary=deep))["temporary"]
    assert (found.level, "too long" in found.sentence) == (Level.FAILURE, True)
    assert not list(deep.iterdir())


# The probe


def graded(
    verdict: Verdict = Verdict.FIXED, noise: float = 0.05, milliseconds: float = 20, note: str = ""
) -> Report:
    """A report of one bug that is worth 30 points."""
    fixed = verdict is Verdict.FIXED
    check = schema.Check(
        id="a",
        kind=Kind.NOW_RIGHT,
        weight=1,
        outcome=Seen.PASSED if fixed else Seen.FAILED,
        line="it works",
        reason="" if fixed else "it broke",
    )
    speed = schema.Speed(
        share=1,
        low=1,
        high=1,
        ratio=1,
        submission_ms=1,
        reference_ms=milliseconds,
        target_ms=1,
        baseline_ms=1,
        pairs=5,
    )
    bug = schema.BugReport(
        slug="n-plus-one",
        title="N+1",
        points=30,
        score=30 if fixed else 10,
        verdict=verdict,
        correctness=1,
        speed=speed,
        checks=[] if verdict is Verdict.INCONCLUSIVE else [check],
        evidence={},
    )
    return Report(
        kit=schema.Kit(version="1", exercise="abc"),
        submission=schema.Submission(name="shop", sha256="0", changed=[], boots=not note, note=note),
        machine=schema.Machine(cpus=2, python="3.11", platform="Linux", isolation="process", noise=noise),
        seed=5,
        started_at="2026-03-14T15:09:26+00:00",
        seconds=5.94,
        score=bug.score,
        points=30,
        verdict=verdict,
        bugs=[bug],
    )


def probed(here: Interview, *reports: Report | Exception, seconds: float = 6) -> list[Finding]:
    """What is found where grades come out like this and take so long."""
    left, now = list(reports), [0.0]

    def grade(folder: Path, given: Interview, progress: interview.Progress) -> Report:
        now[0] += seconds
        report = left.pop(0)
        if isinstance(report, Exception):
            raise report
        return report

    found = list(probe.probe(here, Means(grade=grade, monotonic=lambda: now[0]), quiet))
    assert not left
    assert not list(here.temporary.iterdir())
    return found


def test_a_quick_and_quiet_machine(here: Interview) -> None:
    assert probed(here, graded()) == [
        ok("exercise", "the fixed one gets 30 of 30 in 5.9 s"),
        ok("speed", "the list takes 20 ms, noise 5%"),
    ]


def test_what_is_graded_is_the_fixed_variant(here: Interview) -> None:
    seen = {}

    def grade(folder: Path, given: Interview, progress: interview.Progress) -> Report:
        seen.update({path: (folder / path).read_text() for path in variant.exercise(TREE)})
        return graded()

    list(probe.probe(here, Means(grade=grade), quiet))
    assert seen == variant.files(TREE, SLUGS)


def test_the_worse_of_two_quick_grades_counts(here: Interview) -> None:
    found = probed(here, graded(noise=0.3), graded(milliseconds=90), seconds=4.9)
    assert found[1].level is Level.WARNING
    assert "the list takes 90 ms, noise 30%" in found[1].sentence
    failed = probed(here, graded(), graded(Verdict.PARTLY_FIXED), seconds=4.9)
    assert failed[0].level is Level.FAILURE


@pytest.mark.parametrize(
    ("report", "level", "mend"),
    [
        (graded(noise=0.25), Level.OK, ()),
        (graded(noise=0.26), Level.WARNING, ("top -o %CPU",)),
        (graded(milliseconds=100), Level.OK, ()),
        (graded(milliseconds=101), Level.WARNING, ("top -o %CPU",)),
    ],
)
def test_noise_and_slowness(here: Interview, report: Report, level: Level, mend: tuple[str, ...]) -> None:
    assert (probed(here, report)[1].level, probed(here, report)[1].mends) == (level, mend)


def test_how_a_mac_shows_what_runs(here: Interview) -> None:
    assert probed(replace(here, platform="darwin"), graded(noise=1))[1].mends == ("top -o cpu",)


@pytest.mark.parametrize(
    ("report", "level", "said"),
    [
        (graded(Verdict.PARTLY_FIXED), Level.FAILURE, "gets 10 of 30: n-plus-one, it broke."),
        (graded(Verdict.INCONCLUSIVE), Level.FAILURE, "gets 10 of 30: n-plus-one is inconclusive."),
        (graded(Verdict.NOT_FIXED, note="no socket."), Level.FAILURE, "gets 10 of 30: no socket."),
        (ReferenceFailed("It does not run."), Level.FAILURE, "It does not run."),
        (ClockMoved("It moved."), Level.WARNING, "It moved."),
    ],
)
def test_a_fixed_exercise_that_is_not_graded_as_fixed(
    here: Interview, report: Report | Exception, level: Level, said: str
) -> None:
    found = probed(here, report)[0]
    assert (found.name, found.level, bool(found.mends)) == ("exercise", level, True)
    assert found.sentence.endswith(said)


# All of it


def look(*findings: Finding | Exception) -> Callable[..., Iterator[Finding]]:
    """A look that finds this."""

    def looking(*arguments: Any) -> Iterator[Finding]:
        for finding in findings:
            if isinstance(finding, Exception):
                raise finding
            yield finding

    return looking


def test_all_is_looked_at_and_said_at_once(here: Interview) -> None:
    means = Means(
        run=answers(metadata=Outcome(True, "99\n" * 4), version=Outcome(True, "3.11.4")),
        room=lambda path: 10**11,
        grade=lambda folder, given, progress: graded(),
        cores=lambda: 2,
    )
    doing: list[str] = []
    findings = examine.examine(here, doing.append, means)
    assert next(findings).name == "python"
    assert doing == ["starting python3"]
    rest = {finding.name: finding.level for finding in findings}
    assert {name for name, level in rest.items() if level is not Level.OK} == {"isolation"}
    assert len(rest) == 13
    assert len(doing) == len(examine.CHECKS)


def test_a_look_that_breaks_is_a_failure_and_the_others_go_on(here: Interview) -> None:
    checks = (
        Check("a", "", look(ok("a", "fine"), KeyError("x"))),
        Check("b", "", look(OSError(28, "No space left on device", "/tmp/x"))),
        Check("c", "", look(ok("c", "fine"))),
    )
    findings = list(examine.examine(here, quiet, Means(), checks))
    assert [(finding.name, finding.level.value) for finding in findings] == [
        ("a", "ok"),
        ("a", "failure"),
        ("b", "failure"),
        ("c", "ok"),
    ]
    assert "KeyError: 'x'" in findings[1].sentence
    assert "No space left on device: /tmp/x" in findings[2].sentence


def test_what_needs_something_broken_is_not_tried(here: Interview) -> None:
    checks = (
        Check("a", "", look(failure("a", "broken", "mend a"))),
        Check("b", "", look(warning("b", "so so"))),
        Check("c", "", look(ok("c", "tried")), needs=("b", "a")),
        Check("d", "", look(ok("d", "tried")), needs=("b",)),
    )
    findings = list(examine.examine(here, quiet, Means(), checks))
    assert findings[2] == warning("c", "Not tried, for a must be mended first.", "mend a")
    assert findings[3] == ok("d", "tried")


@pytest.mark.parametrize(("seconds", "moved"), [(0.3, False), (-3600, True), (5, True)])
def test_a_clock_that_is_set_meanwhile(here: Interview, seconds: float, moved: bool) -> None:
    times = [datetime(2026, 11, 24, tzinfo=timezone.utc)]

    def set_clock(*arguments: Any) -> Iterator[Finding]:
        times[0] += timedelta(seconds=seconds)
        yield ok("a", "fine")

    means = Means(now=lambda: times[0], monotonic=lambda: 0.0)
    findings = list(examine.examine(here, quiet, means, (Check("a", "", set_clock),)))
    assert [finding.level for finding in findings[1:]] == ([Level.WARNING] if moved else [])


def test_only_a_failure_ends_an_interview() -> None:
    assert not would_fail([ok("a", ""), warning("b", "")])
    assert would_fail([ok("a", ""), failure("b", "")])


@pytest.mark.slow
def test_this_machine(here: Interview) -> None:
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(here.temporary)}
    real = replace(here, environment=environment, platform=sys.platform, python=Path(sys.executable))
    found = {finding.name: finding for finding in examine.examine(real, quiet)}
    assert [found[name].level.value for name in ("python", "packages", "venv", "exercise")] == ["ok"] * 4
    assert {"pip", "speed"} < set(found)
    assert {path.name for path in here.temporary.iterdir()} <= {".cache"}


# Commands that are tried, and what is shown


def test_commands_are_tried_for_a_bounded_time(tmp_path: Path) -> None:
    def tried(script: str, seconds: float = 20) -> Outcome:
        return command.run(["sh", "-c", script], {"PATH": "/usr/bin:/bin", "X": "42"}, tmp_path, seconds)

    assert tried("echo $X; pwd -P") == Outcome(True, f"42\n{tmp_path.resolve()}\n")
    assert tried("echo no >&2; exit 3") == Outcome(False, "no\n")
    assert tried("sleep 60 & wait", 0.05) == Outcome(False, "no end within 0.05 s")
    missing = command.run(["no-such-program"], {"PATH": "/usr/bin"}, tmp_path, 1)
    assert missing == Outcome(False, "No such file or directory")


def test_a_command_that_is_tried_ends_with_the_kit(tmp_path: Path) -> None:
    def interrupt(*arguments: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(KeyboardInterrupt):
            command.run(["sh", "-c", "echo $$ > id; exec sleep 60"], {"PATH": "/usr/bin:/bin"}, tmp_path, 20)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "id").read_text()), 0)


@pytest.mark.parametrize("width", [80, 40])
def test_a_finding_is_readable(width: int) -> None:
    finding = failure(
        "port", "Port 8000 is taken \x1b[2J by python3: end it, or choose another.", f"kill {'1' * 90}"
    )
    lines = shown(finding, width)
    assert [line for line in lines if len(line) > width] == [
        f"{' ' * (15 if width == 80 else 4)}kill {'1' * 90}"
    ]
    assert lines[0].startswith("x port" + (" " * 9 if width == 80 else ": ") + "Port 8000")
    assert "\\x1b[2J" in " ".join(lines)


def test_what_is_long_is_folded_and_not_cut_off() -> None:
    lines = shown(ok("workspace", f"/{'x' * 100}, 9 GB free"), 40)
    assert sum(line.count("x") for line in lines) == 100


def shown(finding: Finding, width: int) -> list[str]:
    console = Console(width=width, color_system=None, highlight=False, markup=False)
    with console.capture() as capture:
        console.print(text.render(finding, width), crop=False)
    return [line.rstrip() for line in capture.get().splitlines()]


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([ok("a", "")], "Ready for an interview."),
        ([ok("a", ""), warning("b", "")], "Ready for an interview, with 1 warning."),
        ([failure("a", ""), warning("b", "")], "An interview would fail here: 1 failure, 1 warning."),
        ([failure("a", "")] * 2, "An interview would fail here: 2 failures, 0 warnings."),
    ],
)
def test_the_last_line(findings: list[Finding], expected: str) -> None:
    assert str(text.summary(findings)) == expected


def test_it_can_be_asked_where_the_packages_are_missing() -> None:
    heavy = "{'fastapi', 'sqlalchemy', 'httpx', 'pydantic', 'uvicorn'}"
    code = f"import sys, doctor.examine, doctor.text; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=TREE, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
