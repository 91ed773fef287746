"""The exercise as a git repository, and what git says of it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import TREE

from graders.model import SLUGS
from workspaces import branches

FIXES = {"broken": (), **{f"fix/{slug}": (slug,) for slug in SLUGS}, "fixed": SLUGS}
PLAIN = {"PATH": os.environ["PATH"]}
GIT = shutil.which("git")


def git(folder: Path, *arguments: str) -> str:
    """What git prints, as a person without any settings would see it."""
    env = {**PLAIN, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(["git", *arguments], cwd=folder, env=env, capture_output=True, check=True)
    return done.stdout.decode()


def ids(folder: Path) -> dict[str, str]:
    refs = git(folder, "for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads")
    return dict(line.split() for line in refs.splitlines())


def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home") / "shop"
    assert branches.write(folder, TREE, PLAIN) == list(FIXES)
    return folder
