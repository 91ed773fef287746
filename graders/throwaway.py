"""An environment for one grade: what the kit has, and packages that the kit itself does not get."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import site
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

from graders import process
from graders.errors import KitError, UsageError
from graders.report.clean import clean
from graders.scratch import swept

INSTALL_SECONDS = 300.0


@contextlib.contextmanager
def interpreter(packages: Sequence[str], seconds: float = INSTALL_SECONDS) -> Iterator[str]:
    """The path of a Python that finds the kit's packages and these; it is gone when the block is left.

    Without any it is the kit's own. Raises UsageError for what names no package, KitError where one cannot
    be installed within so many seconds.
    """
    expect_names(packages)
    if not packages:
        yield sys.executable
        return
    with swept() as home:
        python = _made(home / "environment")
        _run(_settings(home) + installer(python, packages, home), packages, seconds)
        yield str(python)


def expect_names(packages: Sequence[str]) -> None:
    """Raises UsageError where one of them is empty, or would be an option of the installer."""
    for package in packages:
        if not package.strip() or package.strip().startswith("-"):
            raise UsageError(f"--with {package!r} names no package: give a name, or the path of a file.")


def shown(package: str) -> str:
    """A package as it is read: a file or an address by its last part, which holds no password."""
    return package.rstrip("/").rsplit("/", 1)[-1] or package


def _made(folder: Path) -> Path:
    """Make one that finds what the kit finds, without a copy; the path of its interpreter."""
    venv.create(folder, symlinks=True, with_pip=False)
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder)}))
    # A bare path would do, but for the .pth files in there: those of an editable install.
    lines = [f"import site; site.addsitedir({own!a})\n" for own in own_folders()]
    (packages / "kit.pth").write_text("".join(lines), "ascii")
    return folder / "bin" / "python"


def own_folders() -> list[str]:
    """Where the kit's own packages lie."""
    users = [site.getusersitepackages()] if site.ENABLE_USER_SITE else []
    return [folder for folder in (*users, *site.getsitepackages()) if Path(folder).is_dir()]


def installer(python: Path, packages: Sequence[str], home: Path) -> list[str]:
    """The command that installs packages for an interpreter. Raises KitError where nothing here can."""
    if importlib.util.find_spec("pip"):
        quiet = ("--disable-pip-version-check", "--no-input")
        ours = [sys.executable, "-P", "-m", "pip", "--python", str(python)]
        return [*ours, "install", *quiet, "--prefer-binary", "--", *packages]
    if uv := shutil.which("uv"):
        # uv does not see what a .pth file names, and would choose other versions.
        pinned = home / "pinned.txt"
        pinned.write_text("".join(f"{line}\n" for line in _pins()), "utf-8")
        return [uv, "pip", "install", "--python", str(python), "--constraints", str(pinned), "--", *packages]
    raise KitError(
        f"There is neither pip nor uv to install {_named(packages)} with: "
        f"install pip beside the kit ({sys.executable} -m ensurepip), or uv."
    )


def _pins() -> Iterator[str]:
    """The kit's own packages with their versions, as constraints."""
    seen = set()
    for found in metadata.distributions(path=own_folders()):
        name, version = found.metadata["Name"], found.version
        if (
            name
            and version
            and name not in seen
            and re.fullmatch(r"[\w.-]+ v?\d[\w.+!]*", f"{name} {version}")
        ):
            seen.add(name)
            yield f"{name}=={version}"


def _settings(home: Path) -> list[str]:
    """What the installer must find in its environment, whatever else is there."""
    temporary = home / "tmp"  # it is killed where the grade is, and then leaves things there
    temporary.mkdir()
    return ["env", f"TMPDIR={temporary}", "PIP_USER=0", "PIP_REQUIRE_VIRTUALENV=0", "PYTHONPATH="]


def _run(command: Sequence[str], packages: Sequence[str], seconds: float) -> None:
    leash = [sys.executable, "-I", "-S", str(process.INSIDE / "leashed.py"), str(os.getpid())]
    with subprocess.Popen(
        [*leash, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as running:
        try:
            said, _ = running.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise KitError(f"{_named(packages)} could not be installed within {seconds:.0f} s.") from None
        finally:
            process.end(running)
    if running.returncode:
        trouble = last_error(said.decode("utf-8", "replace")) or f"exit code {running.returncode}"
        raise KitError(f"{_named(packages)} could not be installed: {clean(trouble).rstrip('.')}.")


def last_error(said: str) -> str:
    """The last error that an installer printed, else its last line."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [found[1] for line in lines if (found := re.match(r"(?:error: |cause: |╰─▶ )(.+)", line, re.I))]
    return next(reversed(errors or lines), "")


def _named(packages: Sequence[str]) -> str:
    return ", ".join(shown(package) for package in packages)
