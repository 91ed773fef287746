"""graders/throwaway.py: a package for one grade, and nothing of it afterwards; packages are made by hand."""

from __future__ import annotations

import contextlib
import importlib.util
import signal
import subprocess
import sys
import tempfile
import textwrap
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from conftest import TREE, Lay, until
from rich.console import Console

from graders import grading, throwaway
from graders.errors import KitError, UsageError
from graders.report import text
from graders.report.schema import Report

MODULE = "kit_test_tiny"
DIST = f"{MODULE}-1.0.dist-info"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A package that writes down each start of Python that it is there for."""
    files = {
        f"{MODULE}.py": f"""
            import os
            with open({str(starts(tmp_path))!r}, "a") as file:
                file.write(os.path.basename(os.getcwd()) + "\\n")
            """,
        f"{MODULE}.pth": f"import {MODULE}\n",
        f"{DIST}/METADATA": f"Metadata-Version: 2.1\nName: {MODULE}\nVersion: 1.0\n",
        f"{DIST}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{DIST}/RECORD"] = "".join(f"{path},,\n" for path in (*files, f"{DIST}/RECORD"))
    made = tmp_path / f"{MODULE}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(made, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, textwrap.dedent(content))
    return made


def starts(tmp_path: Path) -> Path:
    return tmp_path / "starts"


def needing(lay: Lay) -> Path:
    """A submission that needs the package."""
    folder = lay(["missing-model"])
    main = folder / "app" / "main.py"
    main.write_text(f"import {MODULE}\n{main.read_text()}")
    return folder


def grade(folder: Path, *packages: str) -> Report:
    order = grading.Order(TREE, "test", ("missing-model",), 7, packages=packages)
    return grading.grade(folder, order, lambda doing: None)


def kits_own() -> set[Path]:
    return {path for folder in throwaway.own_folders() for path in Path(folder).glob("*")}


def test_a_submission_is_graded_with_a_package_that_the_kit_lacks(
    lay: Lay, wheel: Path, tmp_path: Path, temporary: Path
) -> None:
    before = kits_own()
    report = grade(needing(lay), str(wheel))
    assert (report.verdict, report.score) == ("fixed", 15)
    assert report.submission.packages == [wheel.name]
    assert kits_own() == before
    assert importlib.util.find_spec(MODULE) is None
    assert list(temporary.iterdir()) == []
    # Each runs its clerk there, and its service, which has init_db.py run first.
    assert sorted(starts(tmp_path).read_text().split()) == ["reference"] * 2 + ["submission"] * 2
    assert f"with {wheel.name}" in " ".join(footer(report).split())


def footer(report: Report) -> str:
    console = Console(width=80, color_system=None, highlight=False, markup=False)
    with console.capture() as capture:
        console.print(text.render(report, 80))
    return capture.get()[capture.get().index("seed 7") :]


def test_the_kits_own_packages_are_there_as_they_are(wheel: Path, temporary: Path) -> None:
    code = f"import {MODULE}, fastapi, sqlalchemy; print(fastapi.__version__, sqlalchemy.__file__)"
    with throwaway.interpreter([str(wheel)]) as python:
        said = subprocess.run([python, "-P", "-c", code], capture_output=True, text=True, check=True).stdout
        version, path = said.split(maxsplit=1)
    assert version == metadata.version("fastapi")
    assert not Path(path.strip()).is_relative_to(temporary)
    assert not Path(python).exists()


def test_folders_that_the_kits_own_name_are_found_too(
    wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after an editable install."""
    packages, checkout = tmp_path / "site päckages", tmp_path / "check out"
    packages.mkdir()
    checkout.mkdir()
    (packages / "editable.pth").write_text(f"{checkout}\n", "utf-8")
    (checkout / "kit_test_editable.py").touch()
    monkeypatch.setattr(throwaway, "own_folders", lambda: [str(packages)])
    with throwaway.interpreter([str(wheel)]) as python:
        subprocess.run([python, "-P", "-c", "import kit_test_editable"], check=True)


def test_without_packages_it_is_the_kits_own_interpreter(temporary: Path) -> None:
    with throwaway.interpreter([]) as python:
        assert python == sys.executable
        assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("package", ["", "  ", "-r", "--index-url=elsewhere", " -e ."])
def test_what_names_no_package_is_refused(lay: Lay, package: str) -> None:
    with pytest.raises(UsageError, match="names no package"):
        grade(lay(), "fine", package)


def test_a_package_that_cannot_be_installed_is_told(tmp_path: Path, temporary: Path) -> None:
    broken = tmp_path / f"{MODULE}-1.0-py3-none-any.whl"
    broken.write_text("no archive")
    with (
        pytest.raises(KitError, match=rf"^{broken.name} could not be installed: .*invalid"),
        throwaway.interpreter([str(broken)]),
    ):
        pass
    assert list(temporary.iterdir()) == []


def test_an_installation_has_an_end(slow: Path, temporary: Path) -> None:
    with (
        pytest.raises(KitError, match="slow could not be installed within 0 s"),
        throwaway.interpreter([str(slow)], seconds=0.01),
    ):
        pass
    assert list(temporary.iterdir()) == []


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """A package whose build takes a minute, and says as which process."""
    folder = tmp_path / "slow"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "slow"\nbackend-path = ["."]\n'
        '[project]\nname = "slow"\nversion = "1"\n'
    )
    (folder / "slow.py").write_text(
        "import os, time\ndef build_wheel(*options):\n"
        "    with open('part', 'w') as file: file.write(str(os.getpid()))\n"
        "    os.rename('part', 'building')\n"
        "    time.sleep(60)\n"
    )
    return folder


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize(
    "number",
    [
        signal.SIGTERM,
        pytest.param(signal.SIGINT, marks=pytest.mark.slow),
        pytest.param(signal.SIGHUP, marks=pytest.mark.slow),
    ],
)
def test_nothing_is_left_of_an_installation_that_is_interrupted(
    lay: Lay, slow: Path, temporary: Path, number: signal.Signals
) -> None:
    command = [sys.executable, "-m", "debugkit", "grade", str(lay()), "--with", str(slow)]
    env = {"TMPDIR": str(temporary), "HOME": str(temporary.parent), "PATH": "/usr/bin:/bin"}
    kit = subprocess.Popen(command, env=env, stderr=subprocess.PIPE)
    try:
        assert until((slow / "building").exists, 60)
        kit.send_signal(number)
        _, said = kit.communicate(timeout=20)
    finally:
        kit.kill()
    builder = Path("/proc") / (slow / "building").read_text()
    assert kit.returncode == (130 if number is signal.SIGINT else 128 + number)
    assert b"Traceback" not in said
    assert until(lambda: not runs(builder), 10)
    assert list(temporary.iterdir()) == []


def runs(process: Path) -> bool:
    """Whether a process is there and no zombie."""
    with contextlib.suppress(OSError):
        return ") Z" not in (process / "stat").read_text()
    return False
