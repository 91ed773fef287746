"""The recipes in docs/: their files and commands are run as they stand, in a folder of the test."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import TREE, environment
from recipes import blocks, executable, kit
from samples import report

from graders import variant
from graders.model import SLUGS
from graders.report import gradescope

SCHEMA = json.loads((TREE / "tests" / "formats" / "gradescope.schema.json").read_text())
GRADESCOPE = (TREE / "docs" / "gradescope.md").read_text("utf-8")
ACTIONS = (TREE / "docs" / "github-actions.md").read_text("utf-8")
CREATED_AT = "2026-09-01T03:00:00.123456-07:00"


class Container:
    """What Gradescope runs an autograder in; `/autograder` and `/opt` are in a folder of the test."""

    def __init__(self, home: Path) -> None:
        self.home, self.root = home, home / "autograder"
        self.kit = home / "opt" / "debugkit" / "bin"
        stubs = home / "stubs"
        for name, does in {
            "setpriv": 'shift 3; exec "$@"',
            "chown": "exit 0",
            "apt-get": "exit 0",
            "useradd": "exit 0",
        }.items():
            executable(stubs / name, f'#!/bin/sh\necho "{name} $*" >>{home}/stubbed\n{does}\n')
        path = f"{stubs}:{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
        self.environment = {**environment(home), "PATH": path}
        self.root.mkdir()
        (self.root / "submission_metadata.json").write_text(json.dumps({"created_at": CREATED_AT}))
        (script,) = blocks(GRADESCOPE, "python")
        executable(self.root / "run_autograder", self.mapped(script))

    def mapped(self, text: str) -> str:
        """A text of the recipe, with paths in the folder of the test."""
        inside = text.replace("/autograder", str(self.root)).replace("/opt/", f"{self.home}/opt/")
        return inside.replace(f"{self.root}.zip", "/autograder.zip")

    def submit(self, inside: str = "", fixes: tuple[str, ...] = SLUGS) -> None:
        variant.write(variant.files(TREE, fixes), self.root / "submission" / inside)

    def run(self) -> Any:
        """What the autograder leaves in results.json."""
        done = subprocess.run(
            [self.root / "run_autograder"],
            env=self.environment,
            cwd=self.root,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        read = json.loads((self.root / "results" / "results.json").read_text())
        jsonschema.validate(read, SCHEMA)
        return read


@pytest.fixture
def container(tmp_path: Path) -> Container:
    return Container(tmp_path)


def test_gradescope_gets_the_grade_with_the_time_of_submission(container: Container) -> None:
    container.submit()
    kit(container.kit, "--only", "missing-model")
    read = container.run()
    assert read["score"] == 15
    assert read["extra_data"]["kit"]["submitted_at"] == "2026-09-01T10:00:00.123456+00:00"
    assert read["extra_data"]["kit"]["seed"] == 7
    stubbed = (container.home / "stubbed").read_text()
    assert "setpriv --reuid=grader --regid=grader --init-groups" in stubbed


@pytest.mark.parametrize("inside", ["", "ada", "mail/ada"])
def test_the_submission_is_found_wherever_it_was_packed(container: Container, inside: str) -> None:
    container.submit(inside)
    (container.home / "made.json").write_text(gradescope.render(report()))
    script = (
        f'[ -f "$2/app/main.py" ] && eval "written=\\${{$#}}" && cp {container.home}/made.json "$written"'
    )
    executable(container.kit / "kit", f"#!/bin/sh\n{script}\n")
    assert container.run()["score"] == 66.9


@pytest.mark.parametrize(
    ("breaks", "says"),
    [
        ("kit", "kit: no room"),
        ("no kit", "FileNotFoundError"),
        ("metadata", "JSONDecodeError"),
        ("submission", "No such file"),
        ("empty", "There is no app/main.py"),
    ],
)
def test_gradescope_is_told_whatever_breaks(container: Container, breaks: str, says: str) -> None:
    if breaks == "empty":
        (container.root / "submission").mkdir()
    elif breaks != "submission":
        container.submit()
    kit(container.kit)
    if breaks == "kit":
        executable(container.kit / "kit", "#!/bin/sh\necho kit: no room >&2\nexit 2\n")
    elif breaks == "no kit":
        container.environment["PATH"] = str(Path(sys.executable).parent)
    elif breaks == "metadata":
        (container.root / "submission_metadata.json").write_text("")
    read = container.run()
    assert read["score"] == 0
    assert "this 0 is no grade" in read["output"]
    assert says in read["output"]


def test_what_an_earlier_run_left_is_no_result_of_this_one(container: Container) -> None:
    container.submit()
    executable(container.kit / "kit", "#!/bin/sh\nexit 2\n")
    (container.root / "results").mkdir()
    (container.root / "results" / "results.json").write_text('{"score": 100}')
    assert container.run()["score"] == 0


@pytest.mark.slow
def test_gradescope_from_the_zip_to_the_grade(container: Container) -> None:
    desk = container.home / "desk"
    folder = desk / "autograder"
    (setup,) = blocks(GRADESCOPE, "bash")
    (commands,) = blocks(GRADESCOPE, "sh")
    folder.mkdir(parents=True)
    (desk / "debugkit").symlink_to(TREE)
    executable(folder / "setup.sh", container.mapped(setup))
    (script,) = blocks(GRADESCOPE, "python")
    (folder / "run_autograder").write_text(container.mapped(script))
    subprocess.run(["sh", "-e", "-c", commands], cwd=desk, env=container.environment, check=True)
    source = container.root / "source"
    unpack = ["-m", "zipfile", "-e", str(desk / "autograder.zip"), str(source)]
    subprocess.run([sys.executable, *unpack], check=True)
    subprocess.run(["bash", source / "setup.sh"], env=container.environment, check=True)
    executable(container.root / "run_autograder", (source / "run_autograder").read_text())
    container.submit("ada", ("missing-model",))
    assert container.run()["score"] == 15


def steps() -> dict[str, str]:
    """The commands of the workflow, by the name of their step."""
    (workflow,) = blocks(ACTIONS, "yaml")
    found = re.findall(r"- name: (.+)\n +run: \|\n((?: {10}.+\n)+)", workflow)
    assert len(found) == workflow.count("run:")
    return {name: re.sub(r"^ {10}", "", commands, flags=re.MULTILINE) for name, commands in found}


class Job:
    """A job in GitHub Actions, in a checkout that holds the submission `ada`."""

    def __init__(self, home: Path, fixes: tuple[str, ...]) -> None:
        self.folder, self.summary = home / "checkout", home / "summary.md"
        variant.write(variant.files(TREE, fixes), self.folder / "submissions" / "ada")
        self.environment = {
            **environment(home),
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "GITHUB_ACTIONS": "true",
            "GITHUB_HEAD_REF": "ada",
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_WORKSPACE": str(self.folder),
        }

    def run(self, commands: str) -> subprocess.CompletedProcess[str]:
        """As a runner does by itself on Linux: `bash -e`."""
        return subprocess.run(
            ["bash", "-e", "-c", commands],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


def test_the_workflow_grades_a_pull_request(tmp_path: Path) -> None:
    job = Job(tmp_path, ("missing-model",))
    kit(job.folder / ".venv" / "bin", "--only", "missing-model")
    done = job.run(steps()["Grade"])
    assert done.returncode == 0, done.stderr
    *printed, notice = done.stdout.splitlines()
    assert printed[0].startswith("::stop-commands::")
    assert printed[-1] == f"::{printed[0].removeprefix('::stop-commands::')}::"
    assert notice.startswith("::notice title=kit grade::ada: fixed, 15 of 15%0A")
    assert job.summary.read_text().startswith("# `ada`: fixed, 15 of 15\n")
    assert (job.folder / "report.html").stat().st_size
    assert (job.folder / "junit.xml").stat().st_size


@pytest.mark.slow
def test_a_step_may_be_green_for_every_grade(tmp_path: Path) -> None:
    job = Job(tmp_path, ())
    kit(job.folder / ".venv" / "bin", "--only", "missing-model")
    (grade,) = steps()["Grade"].splitlines()
    (suffix,) = re.findall(r"`(\|\| .+?)`", ACTIONS)
    done = job.run(f"{grade} {suffix}")
    assert done.returncode == 0, done.stderr
    assert "::error file=submissions/ada/app/database.py,line=1,title=missing-model::" in done.stdout
    assert job.summary.read_text().startswith("# `ada`: not fixed, 0 of 15\n")
    executable(job.folder / ".venv" / "bin" / "kit", "#!/bin/sh\nexit 2\n")
    assert job.run(f"{grade} {suffix}").returncode != 0


@pytest.mark.slow
def test_the_workflow_installs_the_kit(tmp_path: Path) -> None:
    job = Job(tmp_path, SLUGS)
    ignored = {".git", ".venv", "tests"}
    for path in TREE.iterdir():
        if path.name not in ignored:
            (job.folder / path.name).symlink_to(path)
    for commands in steps().values():
        done = job.run(commands)
        assert done.returncode == 0, (done.stdout, done.stderr)
    assert "100 of 100" in job.summary.read_text()


def test_the_workflow_gives_a_submission_nothing_to_steal() -> None:
    (workflow,) = blocks(ACTIONS, "yaml")
    assert "permissions:\n  contents: read\n" in workflow
    assert "persist-credentials: false" in workflow
    assert "on: pull_request\n" in workflow
    assert "secrets" not in workflow
    assert "${{" not in workflow


@pytest.mark.parametrize("page", [GRADESCOPE, ACTIONS])
def test_a_recipe_has_no_code_that_is_not_run(page: str) -> None:
    found = re.findall(r"^```(\w*)$", page, re.MULTILINE)
    assert sorted(language for language in found if language) in (["bash", "python", "sh"], ["yaml"])
