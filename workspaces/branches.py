"""The exercise as a git repository with its answers, a branch per variant: for proctors and teaching."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from graders import variant
from graders.errors import KitError, UsageError
from graders.model import SLUGS
from graders.patch import Files
from graders.scratch import scratch
from workspaces import places

BROKEN, FIXED = "broken", "fixed"

DATE = "2026-01-01T00:00:00+0000"
IDENTITY = {
    "GIT_AUTHOR_NAME": "debugkit",
    "GIT_AUTHOR_EMAIL": "debugkit@localhost",
    "GIT_AUTHOR_DATE": DATE,
    "GIT_COMMITTER_NAME": "debugkit",
    "GIT_COMMITTER_EMAIL": "debugkit@localhost",
    "GIT_COMMITTER_DATE": DATE,
}
"""The same on every machine, and so are the ids of the commits."""
SETTINGS = {
    "GIT_DIR": ".git",  # never the repository around it, and no question of who owns the folder
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_DEFAULT_HASH": "sha1",
}


@dataclass(frozen=True)
class Branch:
    """One commit with a name: what it holds and what it says."""

    name: str
    files: Files
    message: str


@dataclass(frozen=True)
class Git:
    """git at work in one folder, deaf to whatever else is set on a machine; `path` is the PATH it has."""

    program: str
    path: str
    folder: Path

    def __call__(self, *arguments: str, given: str = "") -> str:
        """Run it; returns what it prints. Raises KitError where it fails."""
        done = subprocess.run(
            [self.program, *arguments],
            cwd=self.folder,
            env={"PATH": self.path, **SETTINGS, **IDENTITY},
            input=given,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if done.returncode:
            why = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
            raise KitError(
                f"git {arguments[0]} failed ({why[0]}), so nothing was made: mend that, and try again."
            )
        return done.stdout.strip()


def write(folder: Path, tree: Path, environment: Mapping[str, str]) -> list[str]:
    """Make a repository in a new or empty folder, which gets all of it or nothing; returns its branches.

    For proctors and teaching, not for candidates: the messages are the lessons. `broken` is checked out;
    `fixed` and each `fix/<slug>` are one commit on top of it. Of the environment only PATH counts, so the
    commits have the same ids on every machine. Raises UsageError where there is no room for a repository,
    KitError where git is missing or fails, OSError where the folder cannot be written.
    """
    if folder.is_dir() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty: name a new folder.")
    places.expect_room(folder)
    path = environment.get("PATH", os.defpath)
    program = _program(path)
    branches = _branches(tree)
    with _filled(folder) as made:
        _commit(branches, Git(program, path, made))
    return [branch.name for branch in branches]


def _program(path: str) -> str:
    found = shutil.which("git", path=path)
    if not found:
        raise KitError("git is not installed: apt install git (on macOS, xcode-select --install).")
    return os.path.abspath(found)


def _branches(tree: Path) -> list[Branch]:
    """All of them, the one that the others stand on first."""
    lessons = {slug: variant.lesson(tree, slug) for slug in SLUGS}
    return [
        Branch(BROKEN, variant.files(tree, ()), "The exercise with all its bugs\n"),
        *(Branch(f"fix/{s}", variant.files(tree, [s]), _message(s, lessons[s])) for s in SLUGS),
        Branch(FIXED, variant.files(tree, SLUGS), "\n".join(["Fix all bugs\n", *lessons.values()])),
    ]


def _message(slug: str, lesson: str) -> str:
    """A lesson with its title in the subject."""
    title, _, body = lesson.partition("\n")
    return f"Fix {slug}: {title.removeprefix('# ')}\n{body}"


def _commit(branches: list[Branch], git: Git) -> None:
    """One commit each, by plumbing, which runs no editor and no hook and leaves a message as it is."""
    git("init", "--quiet", "--template=")
    on_top_of: list[str] = []
    for branch in branches:
        variant.write(branch.files, git.folder)
        git("add", "--all", "--force")
        commit = git("commit-tree", git("write-tree"), *on_top_of, given=branch.message)
        git("update-ref", f"refs/heads/{branch.name}", commit)
        on_top_of = on_top_of or ["-p", commit]
    git("checkout", "--quiet", "--force", BROKEN)


@contextlib.contextmanager
def _filled(folder: Path) -> Iterator[Path]:
    """A place to make what a folder is to hold; the folder gets it once the block ends well.

    A folder that is there stays the same one, since somebody may stand in it, and it may be a link.
    """
    folder = folder.resolve()
    there = folder.is_dir()
    home = folder if there else next(parent for parent in folder.absolute().parents if parent.is_dir())
    with scratch(home, ".kit-") as made:
        yield made
        if there:
            _move_up(made, folder)
        else:
            folder.parent.mkdir(parents=True, exist_ok=True)
            made.chmod(0o755)
            made.rename(folder)


def _move_up(made: Path, folder: Path) -> None:
    """Rename what was made into the folder, .git last; where that is interrupted, nothing stays there."""
    names = sorted(os.listdir(made), reverse=True)
    try:
        for name in names:
            (made / name).rename(folder / name)
    except BaseException:
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                (folder / name).rename(made / name)
        raise
