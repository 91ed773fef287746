"""What README.md and docs/ claim is what the kit does."""

from __future__ import annotations

import re
import shlex
import subprocess

import pytest
from conftest import TREE, Kit, Lay

from graders import patch, variant
from graders.bugs import BUGS

README = (TREE / "README.md").read_text()
TRANSCRIPT = re.search(r"\$ (kit grade .*?)\n(.*?)```", README, re.DOTALL)
COMMANDS = sorted(set(re.findall(r"^ *(kit [^#\n|]+?)(?:  +.*)?$", README, re.MULTILINE)))


def normal(text: str) -> list[str]:
    """Words without the numbers that differ from run to run; those of the score stay."""
    text = re.sub(r"[─\s]+", " ", text)
    for differs in (
        r"\d+ ms",
        r"seed .*",
        r"(?<=product )\d+",
        r"since [\d: .-]+",
        r"expected \d+, got \d+",
        r"/\d+/",
    ):
        text = re.sub(differs, "#", text)
    return text.split()


def test_the_transcript_is_what_the_command_prints(kit: Kit, lay: Lay) -> None:
    assert TRANSCRIPT
    fixes = ["n-plus-one", "missing-model"]
    folder = lay(fixes, name="ada")
    wrong = next(w for w in variant.wrong_fixes(TREE, "unstable-cache") if w.name == "cached-for-ever")
    variant.write(patch.apply([wrong.patch], variant.files(TREE, fixes)), folder)
    done = kit(*shlex.split(TRANSCRIPT[1])[1:])
    assert normal(done.stdout) == normal(TRANSCRIPT[2])


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_readme_is_one(kit: Kit, command: str) -> None:
    name, *arguments = shlex.split(command)[1:]
    offered = kit(name, "--help").stdout
    assert offered
    for flag in (argument for argument in arguments if argument.startswith("--")):
        assert flag in offered


def commands_of(help_text: str) -> list[str]:
    """What `kit --help` offers."""
    lines = help_text.split("Commands:\n")[1].splitlines()
    return [line.split()[0] for line in lines if line.startswith("  ")]


def test_the_readme_shows_every_command(kit: Kit) -> None:
    shown = {command.split()[1] for command in COMMANDS}
    assert shown == set(commands_of(kit("--help").stdout))


def test_the_documented_budgets_are_those_in_force() -> None:
    text = (TREE / "docs" / "report.md").read_text()
    for probe in BUGS:
        bug = probe.bug
        row = re.search(rf"\| {bug.slug} \|(.*)\|", text)
        assert row
        cells = [cell.strip() for cell in row[1].split("|")]
        assert cells[0] == str(bug.points)
        numbers = [float(found) for found in re.findall(r"([\d.]+) ×", " ".join(cells[2:]))]
        assert numbers == ([bug.budget.allowance, bug.budget.baseline] if bug.budget else [])


def test_links_lead_somewhere() -> None:
    for page in [TREE / "README.md", *(TREE / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_nothing_names_a_package_index_or_a_path_of_some_machine() -> None:
    parts = ["pypi." + "org", "files." + "pythonhosted", "registry." + "npmjs", "/home" + "/", "/root" + "/"]
    tracked = subprocess.run(["git", "ls-files"], cwd=TREE, capture_output=True, text=True, check=True)
    for name in tracked.stdout.splitlines():
        text = (TREE / name).read_text("utf-8")
        assert not [part for part in parts if part in text], name
