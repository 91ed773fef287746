"""Commands that bring what a machine lacks, in the words of its own package manager."""

from __future__ import annotations

import importlib.util
import shlex

from doctor.interview import Interview

MANAGERS = {
    "apt-get": "apt-get install -y",
    "dnf": "dnf install -y",
    "zypper": "zypper install -y",
    "pacman": "pacman -S --noconfirm",
    "apk": "apk add",
}


def install(interview: Interview, package: str) -> tuple[str, ...]:
    """The command that installs a package of the system; none where no manager is known."""
    if interview.platform == "darwin":
        return (f"brew install {package}",) if interview.which("brew") else ()
    manager = next((name for name in MANAGERS if interview.which(name)), None)
    return (interview.as_root(f"{MANAGERS[manager]} {package}"),) if manager else ()


def pip_install(interview: Interview, *requirements: str) -> str:
    """The command that installs packages beside the kit; options of pip and uv may be among them."""
    python, wanted = shlex.quote(str(interview.python)), shlex.join(requirements)
    if importlib.util.find_spec("pip"):
        return f"{python} -m pip install {wanted}"
    return f"uv pip install --python {python} {wanted}"


def other_python(interview: Interview) -> str:
    """The command that makes the candidate's environment with the Python that the kit runs on."""
    return f"{shlex.quote(str(interview.python))} -m venv .venv && . .venv/bin/activate"
