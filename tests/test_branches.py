"""The exercise as a git repository: every branch holds its variant and its lesson, whatever git is set to."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest
import repositories
from conftest import TREE
from repositories import FIXES, GIT, git, ids

from graders import variant
from graders.model import SLUGS
from workspaces import branches

made = pytest.fixture(scope="module")(repositories.made)

pytestmark = pytest.mark.skipif(not GIT, reason="git is not installed")


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
