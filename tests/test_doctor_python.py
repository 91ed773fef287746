"""doctor/python.py: the Python that a candidate starts, its packages, and the first steps with it."""

from __future__ import annotations

import importlib.util
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import machines
import pytest
from machines import RIGHT, answers, one, program, quiet

from doctor import examine, python
from doctor.command import Outcome
from doctor.examine import Check
from doctor.finding import Finding, Level, failure, ok
from doctor.interview import Interview, Means

here = pytest.fixture(machines.here)


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
