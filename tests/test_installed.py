"""The wheel, and the candidate's story, each in a new virtual environment."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import TREE, Lay, free_port


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
    tracked = run("git", "ls-files", "graders", "exercise", "solutions", "cli.py", cwd=TREE).split()
    assert set(tracked) <= shipped
    assert not [name for name in shipped if name.endswith((".db", ".pyc", "server.log"))]


@pytest.mark.slow
def test_start_grade_reveal_from_the_wheel_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    run(tmp_path / "venv/bin/pip", "install", "-q", wheel, cwd=tmp_path)
    kit, desk = tmp_path / "venv/bin/kit", tmp_path / "an empty desk"
    desk.mkdir()
    run(kit, "start", "--no-serve", cwd=desk)
    run(kit, "start", "--fix", "missing-model", "--no-serve", cwd=desk)
    report = json.loads(run(kit, "grade", "--json", cwd=desk, code=1))
    assert (report["score"], report["points"]) == (15, 100)
    assert "100 of 100" in run(kit, "demo", cwd=desk)
    assert "## Cause" in run(kit, "reveal", "zero-pool", cwd=desk)
    assert sorted(path.name for path in desk.iterdir()) == ["workspace"]
    assert not list((desk / "workspace").rglob("*.db"))


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
