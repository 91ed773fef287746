"""The exercise as a git repository: a folder that has room for it is filled, wholly or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import repositories
from conftest import TREE
from repositories import FIXES, GIT, PLAIN, git, ids

from graders import variant
from graders.errors import KitError, UsageError
from workspaces import branches

made = pytest.fixture(scope="module")(repositories.made)

pytestmark = pytest.mark.skipif(not GIT, reason="git is not installed")


def test_a_repository_around_it_is_left_alone(made: Path, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    before = {path: path.read_bytes() for path in (tmp_path / ".git").rglob("*") if path.is_file()}
    branches.write(tmp_path / "shop", TREE, PLAIN)
    assert ids(tmp_path / "shop") == ids(made)
    assert {path: path.read_bytes() for path in (tmp_path / ".git").rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("name", ["with a space", "größe-商店", "-rf", "deep/er/still", "semi;colon:$HOME"])
def test_odd_names_of_folders_are_only_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    branches.write(Path(name), TREE, PLAIN)
    assert set(ids(tmp_path / name)) == set(FIXES)


def lay_out(tmp_path: Path, place: str) -> Path:
    """A folder, or what stands in its way."""
    if place == "in a workspace":
        variant.write(variant.files(TREE, ()), tmp_path / "ada")
        return tmp_path / "ada" / "shop"
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to("empty")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes").write_text("mine")
    (tmp_path / "a-file").write_text("mine")
    return tmp_path / place


@pytest.mark.parametrize("place", ["empty", "link"])
def test_an_empty_folder_is_filled_and_stays_the_same_one(made: Path, tmp_path: Path, place: str) -> None:
    folder = lay_out(tmp_path, place)
    inode = folder.stat().st_ino
    branches.write(folder, TREE, PLAIN)
    assert ids(folder) == ids(made)
    assert folder.stat().st_ino == inode
    assert sorted(os.listdir(folder)) == sorted(os.listdir(made))


@pytest.mark.parametrize("place", ["a-file", "full", "in a workspace"])
def test_where_there_is_no_room_it_is_said_and_nothing_changes(tmp_path: Path, place: str) -> None:
    folder = lay_out(tmp_path, place)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UsageError, match=f"{folder.name} .*: name a"):
        branches.write(folder, TREE, PLAIN)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_machine_without_git_is_told_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(KitError, match="apt install git"):
        branches.write(tmp_path / "shop", TREE, {"PATH": str(tmp_path)})
    assert not list(tmp_path.iterdir())


def stand_in(tmp_path: Path, at: str, does: str) -> dict[str, str]:
    """A git that does something else at one of its commands."""
    script = tmp_path / "bin" / "git"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\ncase "$1" in {at}) {does} ;; esac\nexec {GIT} "$@"\n')
    script.chmod(0o755)
    return {"PATH": f"{script.parent}:{os.environ['PATH']}"}


def left(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in tmp_path.rglob("*") if "bin" not in path.parts)


def test_why_git_failed_is_said_and_nothing_is_left(tmp_path: Path) -> None:
    environment = stand_in(tmp_path, "write-tree", "echo 'fatal: no space left' >&2; exit 128")
    with pytest.raises(KitError, match=r"git write-tree failed \(fatal: no space left\)"):
        branches.write(tmp_path / "deep" / "shop", TREE, environment)
    assert left(tmp_path) == []


@pytest.mark.parametrize("at", ["init", "commit-tree", "checkout"])
@pytest.mark.parametrize("there", [False, True], ids=["new", "empty"])
def test_an_interrupt_leaves_nothing(tmp_path: Path, at: str, there: bool) -> None:
    environment = stand_in(tmp_path, at, "kill -INT $PPID; exit 1")
    if there:
        (tmp_path / "shop").mkdir()
    code = f"""
from pathlib import Path
from workspaces import branches
branches.write(Path({str(tmp_path / "shop")!r}), Path({str(TREE)!r}), {environment!r})
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=TREE, capture_output=True, text=True, check=False)
    assert "KeyboardInterrupt" in done.stderr
    assert done.returncode == -signal.SIGINT
    assert left(tmp_path) == (["shop"] if there else [])


def test_an_interrupt_while_an_empty_folder_is_filled_leaves_it_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, rename = lay_out(tmp_path, "empty"), Path.rename

    def interrupted(path: Path, target: Path) -> Path:
        if target == folder / ".git":
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        branches.write(folder, TREE, PLAIN)
    assert list(folder.iterdir()) == []
