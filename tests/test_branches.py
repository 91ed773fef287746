"""The exercise as a git repository: every branch holds its variant and its lesson, whatever git is set to."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import TREE

from graders import variant
from graders.errors import KitError, UsageError
from graders.model import SLUGS
from workspaces import branches

FIXES = {"broken": (), **{f"fix/{slug}": (slug,) for slug in SLUGS}, "fixed": SLUGS}
PLAIN = {"PATH": os.environ["PATH"]}
GIT = shutil.which("git")

pytestmark = pytest.mark.skipif(not GIT, reason="git is not installed")


def git(folder: Path, *arguments: str) -> str:
    """What git prints, as a person without any settings would see it."""
    env = {**PLAIN, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(["git", *arguments], cwd=folder, env=env, capture_output=True, check=True)
    return done.stdout.decode()


def ids(folder: Path) -> dict[str, str]:
    refs = git(folder, "for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads")
    return dict(line.split() for line in refs.splitlines())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home") / "shop"
    assert branches.write(folder, TREE, PLAIN) == list(FIXES)
    return folder


def test_the_branches_are_there_and_broken_is_checked_out(made: Path) -> None:
    assert set(ids(made)) == set(FIXES)
    assert git(made, "symbolic-ref", "HEAD") == "refs/heads/broken\n"
    assert git(made, "status", "--porcelain", "--ignored") == ""
    git(made, "fsck", "--strict")
    assert stat.S_IMODE(made.stat().st_mode) == 0o755
    assert [path.name for path in made.parent.iterdir()] == ["shop"]


@pytest.mark.parametrize("name", FIXES)
def test_a_branch_holds_its_variant(made: Path, name: str) -> None:
    paths = git(made, "ls-tree", "-r", "--name-only", name).splitlines()
    held = {path: git(made, "show", f"{name}:{path}") for path in paths}
    assert held == variant.files(TREE, FIXES[name])


def test_the_files_on_the_disk_are_the_broken_variant(made: Path) -> None:
    for path, text in variant.files(TREE, ()).items():
        assert (made / path).read_bytes() == text.encode()


def test_every_branch_is_one_commit_on_top_of_broken(made: Path) -> None:
    root = ids(made)["broken"]
    parents = {name: git(made, "log", "--format=%P", name).split("\n")[:-1] for name in FIXES}
    assert parents == {name: [""] if name == "broken" else [root, ""] for name in FIXES}


@pytest.mark.parametrize("slug", SLUGS)
def test_a_message_is_the_lesson_with_its_title_as_the_subject(made: Path, slug: str) -> None:
    message = git(made, "cat-file", "commit", f"fix/{slug}").partition("\n\n")[2]
    subject, _, body = message.partition("\n")
    title, _, lesson = variant.lesson(TREE, slug).partition("\n")
    assert subject == f"Fix {slug}: {title[2:]}"
    assert body == lesson
    assert "\n## Hint 3\n" in body


def test_the_fixed_branch_has_all_lessons(made: Path) -> None:
    message = git(made, "cat-file", "commit", "fixed").partition("\n\n")[2]
    subject, _, body = message.partition("\n\n")
    assert subject == "Fix all bugs"
    assert body == "\n".join(variant.lesson(TREE, slug) for slug in SLUGS)


def hostile(home: Path) -> dict[str, str]:
    """An environment that would spoil any commit, if it were listened to."""
    for path in ("hooks/pre-commit", "hooks/post-checkout", "hooks/reference-transaction", "gpg"):
        script = home / path
        script.parent.mkdir(exist_ok=True)
        script.write_text(f"#!/bin/sh\ntouch {home}/was-run\nexit 1\n")
        script.chmod(0o755)
    shutil.copytree(home / "hooks", home / "template" / "hooks")
    config = f"""
[core]
    hooksPath = {home}/hooks
    autocrlf = true
    fsmonitor = {home}/gpg
    excludesFile = {home}/xdg/git/ignore
[init]
    templateDir = {home}/template
    defaultBranch = elsewhere
    defaultObjectFormat = sha256
[commit]
    gpgSign = true
    cleanup = strip
[gpg]
    program = {home}/gpg
[i18n]
    commitEncoding = latin-1
"""
    (home / "xdg" / "git").mkdir(parents=True)
    (home / ".gitconfig").write_text(config)
    (home / "xdg" / "git" / "config").write_text(config)
    (home / "xdg" / "git" / "ignore").write_text("*.md\n")
    (home / "xdg" / "git" / "attributes").write_text("* text eol=crlf\n")
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "xdg"),
        "GIT_DIR": str(home / "elsewhere.git"),
        "GIT_WORK_TREE": str(home),
        "GIT_INDEX_FILE": str(home / "index"),
        "GIT_OBJECT_DIRECTORY": str(home / "objects"),
        "GIT_TEMPLATE_DIR": str(home / "template"),
        "GIT_AUTHOR_NAME": "Somebody Else",
        "GIT_COMMITTER_DATE": "2001-01-01T00:00:00",
        "GIT_DEFAULT_HASH": "sha256",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.hooksPath",
        "GIT_CONFIG_VALUE_0": str(home / "hooks"),
        "TZ": "Asia/Tokyo",
        "EMAIL": "somebody@example.org",
    }


def test_settings_of_a_person_have_no_effect(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    environment = hostile(home)
    before = sorted(home.rglob("*"))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    branches.write(tmp_path / "shop", TREE, environment)
    assert ids(tmp_path / "shop") == ids(made)
    assert git(tmp_path / "shop", "status", "--porcelain") == ""
    assert not (tmp_path / "shop" / ".git" / "hooks").exists()
    assert sorted(home.rglob("*")) == before


def test_a_commit_holds_nothing_of_this_machine_or_moment(made: Path) -> None:
    commit = git(made, "cat-file", "commit", "broken").splitlines()
    assert commit[1:] == [
        "author debugkit <debugkit@localhost> 1767225600 +0000",
        "committer debugkit <debugkit@localhost> 1767225600 +0000",
        "",
        "The exercise with all its bugs",
    ]


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
