"""The wheel, and the candidate's story, each in a new virtual environment."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import transcripts
from conftest import TREE, Lay, free_port

SHIPPED = ("commands", "doctor", "exercise", "graders", "solutions", "workspaces", "cli.py")


def run(*command: str | Path, cwd: Path, code: int = 0) -> str:
    """What a command printed, all of it; its exit code must be `code`."""
    done = subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == code, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        folder,
        TREE,
        cwd=folder,
    )
    (found,) = folder.glob("*.whl")
    return found


def test_the_wheel_holds_the_whole_tree_under_one_name(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"debugkit"}
    shipped = {name.removeprefix("debugkit/") for name in names}
    tracked = run("git", "ls-files", *SHIPPED, cwd=TREE).split()
    assert set(tracked) <= shipped
    assert not [name for name in shipped if name.endswith((".db", ".pyc", "server.log"))]


Story = list[tuple[str, int, str]]
"""Commands in order, each with its exit code and words that it prints."""

STORY: Story = [
    ("kit --version", 0, "kit "),
    ("kit list", 0, "zero-pool"),
    ("kit start --no-serve", 0, "made workspace: broken"),
    ("kit start --fix missing-model --honest --blind --no-serve", 0, "swapped"),
    ("cp workspace/README.md workspace/notes.md", 0, ""),
    ("kit status", 0, "notes.md"),
    ("kit reset", 0, "13 files as handed out"),
    ("kit restore NAME", 0, "restored 14 files"),
    ("kit reveal zero-pool", 0, "## Cause"),
    ("kit reveal zero-pool --apply", 0, "applied"),
    ("kit grade --only zero-pool,missing-model", 0, "35 of 35"),
    ("kit branches answers", 0, "fix/SLUG"),
    ("git -C answers branch", 0, "fix/zero-pool"),
    ("kit start --port PORT", 130, "startup complete"),
    ("kit watch", 130, " of 100"),
    ("kit doctor --port PORT", 0, "Ready for an interview"),
]
LONG = [("kit demo", 0, "100 of 100")]


def newest_python() -> str:
    """The newest Python on this machine that makes environments."""
    beside = Path(sys.base_prefix).parent.glob("3.*/bin/python3")
    named = filter(None, (shutil.which(f"python3.{minor}") for minor in range(11, 30)))
    found = {}
    for python in {*map(str, beside), *named, sys.executable}:
        code = "import ensurepip, sys; print(*sys.version_info[:3])"
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            found[tuple(map(int, done.stdout.split()))] = python
    return found[max(found)]


def play(story: Story, prefix: list[str], venv: Path, desk: Path) -> None:
    """Type a story in an empty folder; `prefix` runs each command as somebody."""
    desk_environment = {
        "PATH": f"{venv / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(desk.parent),
        "TMPDIR": str(desk.parent),
        "COLUMNS": "80",
    }
    printed = ""
    for typed, code, words in story:
        names = re.findall(r"kit restore (\S+)", printed)
        command = typed.replace("NAME", names[-1] if names else "").replace("PORT", str(free_port()))
        until = words if code == 128 + signal.SIGINT else ""
        printed, got = transcripts.run([*prefix, *command.split()], desk, desk_environment, until)
        assert (got, words in printed) == (code, True), f"{typed}: {got}, {printed}"


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that everybody may enter."""
    with tempfile.TemporaryDirectory(prefix="story-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.slow
@pytest.mark.parametrize("who", ["on this Python", "on the newest Python", "as an ordinary user"])
def test_every_command_works_from_the_wheel_in_an_empty_folder(wheel: Path, home: Path, who: str) -> None:
    python, prefix = sys.executable, []
    if who == "on the newest Python":
        python = newest_python()
    desk = home / "theirs" / "an empty desk"
    desk.mkdir(parents=True)
    if who == "as an ordinary user":
        if os.geteuid() != 0:
            pytest.skip("the other stories are an ordinary user's already")
        python, prefix = "/usr/bin/python3", ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        for place in (desk.parent, desk):
            os.chown(place, 65534, 65534)
    run(python, "-m", "venv", home / "venv", cwd=home)
    run(home / "venv/bin/pip", "install", "-q", wheel, cwd=home)
    play(STORY + (LONG if who == "on this Python" else []), prefix, home / "venv", desk)
    assert sorted(path.name for path in desk.iterdir()) == ["answers", "workspace"]
    assert not [path.name for path in desk.parent.iterdir() if path.name.startswith("kit-")]


@pytest.mark.slow
def test_a_candidate_who_follows_the_readme_meets_the_story(lay: Lay) -> None:
    folder, port = lay(), str(free_port())
    block = re.search(r"\n\n((?:    .*\n)+)", (folder / "README.md").read_text())
    assert block
    lines = [re.split(r"  +", line.strip())[0] for line in block[1].splitlines()]
    venv, install, init, populate, load = lines
    run("sh", "-c", venv, cwd=folder)
    enter = ". .venv/bin/activate && "
    run("sh", "-c", f"{enter}{install} -q", cwd=folder)
    assert "Tables created" in run("sh", "-c", enter + init, cwd=folder)
    assert "1000 products" in run("sh", "-c", enter + populate, cwd=folder)
    assert load == "python load-test.py"
    assert "No such file" in run("sh", "-c", enter + load, cwd=folder, code=2)
    missing = run("sh", "-c", f"{enter}python test_load.py", cwd=folder, code=1)
    assert "ModuleNotFoundError: No module named 'httpx'" in missing
    run("sh", "-c", f"{enter}pip install -q httpx", cwd=folder)
    assert "0 of 3 pass" in run("sh", "-c", f"{enter}python test_load.py --port {port}", cwd=folder, code=1)
