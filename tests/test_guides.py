"""Every command of the guides in docs/ is run, page by page, in the order in which a reader meets them."""

from __future__ import annotations

import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import transcripts
from conftest import TREE, environment, free_port, until

PAGES = ("proctor", "candidate", "author")
TEXTS = {page: (TREE / "docs" / f"{page}.md").read_text("utf-8") for page in PAGES}
PATIENCE_SECONDS = 600

SLOW = {
    "kit doctor",
    "kit demo",
    "kit grade ada --seed 7 --export-json ada.json",
    "kit grade ada --seed 8 --only unstable-cache",
    "kit grade ada --only zero-pool --with cachetools",
    "kit regrade ada.json --submission ada",
    "kit grade",
    "kit grade --only zero-pool",
    "kit start",
    "kit watch",
    "scripts/bench_baselines --pairs 5",
    "scripts/test tests/test_variants.py",
    'scripts/test --slow tests/test_diagonal.py -k "points or zero-pool"',
    "scripts/bench_diagonal --rounds 1 --variants-only --load 2",
    "scripts/check --fix",
}
"""Commands that take more than a few seconds: the quick tests leave them out."""
PROVEN = {
    "kit demo": "tests/transcripts/demo.txt",
    "scripts/bench_diagonal --rounds 1 --variants-only --load 2": ".ci/run",
}
"""Of those, what is run elsewhere already, leaves nothing behind, and takes half a minute: by whom."""
ONCE = {"kit doctor"}
"""Commands that do the same on each page: the first one runs them."""
CODES = {
    "kit grade ada --seed 7 --export-json ada.json": 1,
    "kit grade ada --seed 8 --only unstable-cache": 1,
    "kit grade ada --only zero-pool --with cachetools": 1,
    "kit grade": 1,
    "kit start": 128 + signal.SIGINT,
    "kit watch": 128 + signal.SIGINT,
}
"""Exit codes other than 0."""
UNTIL = {"kit start": "startup complete", "kit watch": " of 100"}
"""Commands that run until Ctrl-C, which comes after these words."""
TAKES_A_PORT = {"kit start", "kit doctor"}
"""Commands that are given another port than 8000, which may be taken where this runs."""
SAYS = {
    "kit doctor": "Ready for an interview",
    "kit reset ada": "13 files as handed out, sha256 ",
    "kit grade --only zero-pool": "20 of 20",
    "git -C answers diff broken fix/zero-pool": "+REPORT_THREADS = ",
    "scripts/refix zero-pool --wrong pool-of-one": "Wrote solutions/zero-pool/wrong/pool-of-one.patch",
    "scripts/refix zero-pool": "Wrote solutions/zero-pool/fix.patch",
}
"""Words that a page relies on."""

MINE = "# mine\n"
WORKS_ON = {
    "kit grade ada --seed 7 --export-json ada.json": "ada/app/models.py",
    "kit grade": "app/models.py",
}
"""Before these commands somebody has worked on a file."""
KEEPS = {"kit reset": False, "kit restore": True}
"""Whether that work is there afterwards."""
SAVED = "20261124-101500-1"
"""Stands in the pages for the name that was printed."""


def commands(page: str) -> list[str]:
    """What a reader of a page types."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", TEXTS[page], re.MULTILINE | re.DOTALL)
    lines = [re.split(r"  +#", line)[0].rstrip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


ALL = [command for page in PAGES for command in commands(page)]


class Desk:
    """Where a page's commands are typed, one after the other."""

    def __init__(self, home: Path, page: str) -> None:
        bin_folder = home / "bin"
        self.folder = home / "desk"
        for folder in (bin_folder, self.folder):
            folder.mkdir()
        path = f"{transcripts.program(bin_folder)}:{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
        self.environment = {**environment(home), "PATH": path, "LANG": "C.UTF-8"}
        self.work = Path()
        self.printed = ""
        if page == "author":
            self._check_out()

    def _check_out(self) -> None:
        """A copy of this tree, to work in."""
        left_out = shutil.ignore_patterns(".git", ".venv", ".pytest_cache", "__pycache__")
        self.folder = Path(shutil.copytree(TREE, self.folder / "debugkit", symlinks=True, ignore=left_out))
        subprocess.run(["git", "init", "-q", self.folder], env=self.environment, check=True)

    def prepare(self, command: str) -> None:
        """Work on what the command will find changed."""
        if command in WORKS_ON:
            self.work = self.folder / WORKS_ON[command]
            self.work.write_text(f"{self.work.read_text()}{MINE}")

    def type(self, command: str) -> None:
        """Run it; it must end with the right exit code and words, and keep or undo the work."""
        words = shlex.split(command.replace(SAVED, self._last_saved()))
        if words[0] == "cd":
            self.folder /= words[1]
            assert self.folder.is_dir()
            return
        if command in TAKES_A_PORT:
            words += ["--port", str(free_port())]
        code, said = self._ended(command, words)
        assert code == CODES.get(command, 0), f"{command}: {code}\n{said}"
        assert SAYS.get(command, "") in said, f"{command}:\n{said}"
        if self.work.is_file() and (kept := KEEPS.get(" ".join(words[:2]))) is not None:
            assert (MINE in self.work.read_text()) == kept, command
        self.printed += said

    def _last_saved(self) -> str:
        found = re.findall(r"kit restore (\S+)", self.printed)
        return found[-1] if found else SAVED

    def _ended(self, command: str, words: list[str]) -> tuple[int, str]:
        """The exit code of a command that is over, and what it printed on both streams."""
        log = self.folder.parent / "said"
        with log.open("w+b") as said:
            running = subprocess.Popen(
                words,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=subprocess.STDOUT,
            )
            with running:
                try:
                    if command in UNTIL:
                        assert until(lambda: UNTIL[command] in log.read_text(), 60), log.read_text()
                        running.send_signal(signal.SIGINT)
                    elif words[0] == "scripts/refix":
                        assert until(lambda: "press Enter" in log.read_text()), log.read_text()
                        _work_at_the_fix(log.read_text())
                    running.communicate(b"\n", timeout=PATIENCE_SECONDS)
                finally:
                    running.kill()
        return running.returncode, log.read_text()


def _work_at_the_fix(said: str) -> None:
    """What an author does while scripts/refix waits."""
    found = re.search(r"Edit (.+), then", said)
    assert found
    database = Path(found[1]) / "app" / "database.py"
    text = database.read_text()
    database.write_text(re.sub(r"REPORT_CONNECTIONS = 1.*\n", "REPORT_CONNECTIONS = 12\n", text))
    assert database.read_text() != text


@pytest.mark.parametrize("pace", ["quick", pytest.param("whole", marks=pytest.mark.slow)])
@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_a_page_does_what_the_page_says(tmp_path: Path, page: str, pace: str) -> None:
    desk = Desk(tmp_path, page)
    done = {command for earlier in PAGES[: PAGES.index(page)] for command in commands(earlier)} & ONCE
    left_out = {*PROVEN, *done} if pace == "whole" else SLOW
    for command in commands(page):
        desk.prepare(command)
        if command not in left_out:
            desk.type(command)
    if page == "author":
        assert "+REPORT_CONNECTIONS = 12" in (desk.folder / "solutions/zero-pool/fix.patch").read_text()


@pytest.mark.parametrize(("command", "path"), PROVEN.items())
def test_what_is_run_elsewhere_is_run_there(command: str, path: str) -> None:
    """With the same words; how often, and beside how many busy processes, is theirs to choose."""
    words = [word for word in command.split() if not word.isdigit()]
    lines = [line.replace("$ ", "").split() for line in (TREE / path).read_text("utf-8").splitlines()]
    assert any(set(words) <= set(line) for line in lines)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_no_command_that_is_not_run(page: str) -> None:
    outside = re.sub(r"^```sh\n.*?^```$", "", TEXTS[page], flags=re.MULTILINE | re.DOTALL)
    assert "```" not in outside
    assert not re.search(r"^[ >]*(\$ )?(kit|scripts/\w+|git|pip|python3?) ", outside, re.MULTILINE)
    for named in re.findall(r"`((?:kit |scripts/)[^`]*)`", outside):
        words = shlex.split(named)
        assert any(shlex.split(command)[: len(words)] == words for command in ALL), named


@pytest.mark.parametrize("page", PAGES)
def test_a_comment_is_set_apart(page: str) -> None:
    assert not [command for command in commands(page) if "#" in command]


def test_what_is_said_of_commands_here_is_said_of_commands_there() -> None:
    assert PROVEN.keys() <= SLOW
    assert (SLOW | ONCE | CODES.keys() | UNTIL.keys() | TAKES_A_PORT | SAYS.keys() | WORKS_ON.keys()) <= set(
        ALL
    )
    assert any(SAVED in command for command in ALL)
