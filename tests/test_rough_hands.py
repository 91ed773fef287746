"""Rough hands: wrong folders, words, numbers, ports and patches; each is one sentence and changes nothing."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from conftest import TREE, Kit, Lay, sentence, snapshot

from cli import app
from graders import variant
from graders.model import SLUGS

GROUP = typer.main.get_command(app)
COMMANDS: dict[str, typer.core.TyperCommand] = GROUP.commands  # type: ignore[attr-defined]
MAKING = {"start", "branches", "restore", "doctor"}
"""Commands that take a folder which need not be a workspace."""


def with_parameter(name: str) -> list[str]:
    """Commands that have a parameter, as `kit COMMAND --help` lists it."""
    return [command for command, one in COMMANDS.items() if any(name == each.name for each in one.params)]


def on_a_workspace() -> list[list[str]]:
    """All commands that need one, without its folder."""
    words = [[command] for command in with_parameter("folder") if command not in MAKING]
    return [["reveal", "zero-pool", "--apply"] if one == ["reveal"] else one for one in words]


def seldom(rows: Iterable[tuple[list[str], str]]) -> list[Any]:
    """Rows that only the slow tests run."""
    return [pytest.param(*row, marks=pytest.mark.slow) for row in rows]


def typed(value: object) -> str | None:
    """How a command is named in a table."""
    return " ".join(value) if isinstance(value, list) else None


@pytest.fixture
def desk(tmp_path: Path, lay: Lay) -> Path:
    """A folder with a workspace that was edited, an empty folder, a file, and links."""
    (lay(name="ada") / "app" / "catalog.py").write_text("# mine\n")
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("private")
    (tmp_path / "loop").symlink_to("loop")
    return tmp_path


@pytest.fixture
def untouched(desk: Path) -> Iterator[None]:
    """Nothing on the desk differs after the test."""
    before = snapshot(desk)
    yield
    assert snapshot(desk) == before


@pytest.mark.parametrize("command", on_a_workspace(), ids=typed)
@pytest.mark.parametrize("folder", ["nowhere", pytest.param("empty", marks=pytest.mark.slow)])
def test_no_workspace(kit_here: Kit, untouched: None, command: list[str], folder: str) -> None:
    assert folder in sentence(kit_here(*command, folder))


@pytest.mark.parametrize(
    ("folder", "word"),
    [
        ("full", "not empty"),
        ("full/letter.txt", "is a file"),
        ("full/letter.txt/deeper", "is a file"),
        ("ada/not/there", "inside the workspace"),
        ("loop", "loop"),
    ],
)
@pytest.mark.parametrize("command", [["start", "--no-serve"], ["branches"]], ids=typed)
def test_no_room(kit_here: Kit, untouched: None, command: list[str], folder: str, word: str) -> None:
    assert word in sentence(kit_here(*command, folder))


def test_branches_never_go_into_a_workspace(kit_here: Kit, untouched: None) -> None:
    assert "not empty" in sentence(kit_here("branches", "ada"))


@pytest.mark.parametrize(
    "command",
    [
        ["start", "--no-serve"],
        ["branches"],
    ],
    ids=typed,
)
def test_a_dangling_link_leads_to_a_new_folder(kit_here: Kit, tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "link").symlink_to("target")
    assert kit_here(*command, "link").returncode == 0
    assert (tmp_path / "link").is_symlink()
    assert any((tmp_path / "target").iterdir())


def test_a_link_to_a_workspace_is_that_workspace(kit_here: Kit, tmp_path: Path) -> None:
    kit_here("start", "--no-serve", "ada")
    (tmp_path / "link").symlink_to("ada")
    (tmp_path / "ada" / "README.md").write_text("mine")
    assert kit_here("start", "--no-serve", "--fix", "zero-pool", "link").returncode == 0
    assert "zero-pool" in kit_here("status", "link").stdout
    assert "kit restore" in kit_here("status", "ada").stdout
    assert kit_here("reveal", "missing-model", "--apply", "link").returncode == 0
    assert kit_here("reset", "link").returncode == 0
    assert (tmp_path / "link").is_symlink()
    assert "no edits" in kit_here("status", "link").stdout


NEAR = [
    (["start", "--no-serve", "ada", "--fix", "zero-poll"], "zero-pool"),
    (["reveal", "zeropool", "--apply", "ada"], "zero-pool"),
    (["grade", "ada", "--only", "zero-pool,mising-model"], "missing-model"),
    (["staus"], "status"),
    *seldom((["reveal", slug[:-1]], slug) for slug in SLUGS),
    *seldom(([command, "ada", "--only", "N_Plus_One"], "n-plus-one") for command in with_parameter("only")),
]


@pytest.mark.parametrize(("command", "near"), NEAR, ids=typed)
def test_a_misspelt_word_suggests_the_near_one(
    kit_here: Kit, untouched: None, command: list[str], near: str
) -> None:
    assert f"Did you mean {near}" in sentence(kit_here(*command)).replace("'", "")


WRONG = [
    (["reveal", "everything"], "unstable-cache"),
    (["start", "--fix", "", "ada"], "at least one"),
    (["grade", "--only", " ", "ada"], "zero-pool"),
    (["grade", "--only", ",", "ada"], "at least one"),
    (["restore", "../ada"], "nothing yet"),
    (["restore", ""], "nothing yet"),
    (["start", "--seed", "x"], "--seed"),
    (["grade", "--seed", "-1"], "--seed"),
    (["start", "--port", "0"], "--port"),
    (["start", "--port", "99999"], "--port"),
    (["reveal", "zero-pool", "--hint", "4"], "--hint"),
    *seldom(
        ([command, "--seed", seed], "--seed") for command in with_parameter("seed") for seed in ("x", "-1")
    ),
    *seldom(([command, "--port", "abc"], "--port") for command in with_parameter("port")),
    *seldom((["reveal", "zero-pool", "--hint", hint], "--hint") for hint in ("0", "one")),
]


@pytest.mark.parametrize(("command", "word"), WRONG, ids=typed)
def test_wrong_words_and_numbers(kit_here: Kit, untouched: None, command: list[str], word: str) -> None:
    assert word in sentence(kit_here(*command))


@pytest.mark.parametrize("folder", ["new", pytest.param("ada", marks=pytest.mark.slow)])
def test_a_taken_port_is_named_by_what(kit_here: Kit, untouched: None, folder: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = sentence(kit_here("start", "--fixed", "--port", str(port), folder))
    assert f"Port {port} is taken" in said
    if sys.platform == "linux":
        assert f"(process {os.getpid()})" in said
        assert Path("/proc/self/comm").read_text().strip() in said


@pytest.mark.parametrize(
    "slug", ["missing-model", *(pytest.param(slug, marks=pytest.mark.slow) for slug in SLUGS[:-1])]
)
def test_a_fix_that_does_not_fit_names_the_hunk(kit_here: Kit, lay: Lay, tmp_path: Path, slug: str) -> None:
    hunk = variant.fix(TREE, slug).hunks[-1]
    place = lay(name="ada") / hunk.path
    first = hunk.old.splitlines(keepends=True)[0]
    place.write_text(place.read_text().replace(hunk.old, f"# mine\n{hunk.old.replace(first, '', 1)}"))
    before = snapshot(tmp_path)
    done = kit_here("reveal", slug, "--apply", "ada")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{hunk.path} was edited where hunk {hunk.nth} of the patch applies" in done.stderr
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("slug", ["missing-model", pytest.param("n-plus-one", marks=pytest.mark.slow)])
def test_a_fix_keeps_the_ends_of_lines_and_is_put_on_once(kit_here: Kit, lay: Lay, slug: str) -> None:
    folder = lay(name="ada")
    fixed = variant.files(TREE, [slug])
    for path in fixed:
        (folder / path).write_text((folder / path).read_text(), newline="\r\n")
    assert kit_here("reveal", slug, "--apply", "ada").returncode == 0
    wanted = {path: text.replace("\n", "\r\n").encode() for path, text in fixed.items()}
    assert {path: (folder / path).read_bytes() for path in fixed} == wanted
    again = kit_here("reveal", slug, "--apply", "ada")
    assert (again.returncode, again.stdout) == (0, f"the fix is there already: {slug} in ada\n")
    assert {path: (folder / path).read_bytes() for path in fixed} == wanted
