"""commands/actions.py: a grade inside an action of GitHub's, what it adds and what it keeps apart."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from runners import read
from samples import bugs, report
from typer.testing import CliRunner

import cli
from commands import actions, shell
from graders import grading
from graders.report import github


def test_a_summary_is_added_to_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    actions.tell(report(), tmp_path / "ada", err=True)
    assert summary.read_text() == f"before\n{github.render(report())}"
    said = capsys.readouterr()
    assert "::error file=ada/app/analytics.py,line=1,title=unstable-cache::" in said.err
    assert not said.out


def test_a_summary_that_is_full_stays_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = tmp_path / "summary.md"
    summary.write_bytes(b"x" * (github.SUMMARY_BYTES - 20))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    actions.tell(report(), tmp_path, err=True)
    assert summary.stat().st_size <= github.SUMMARY_BYTES


def test_a_workspace_beside_the_repository_names_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "repository"))
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    actions.tell(report(bugs()), tmp_path / "ada", err=False)
    said = capsys.readouterr().out
    assert "::error title=" in said
    assert "file=" not in said


def test_commands_are_off_while_a_submission_is_quoted(capsys: pytest.CaptureFixture[str]) -> None:
    with actions.inert(True):
        typer.echo("::error::mine")
    first, quoted, last = capsys.readouterr().out.splitlines()
    token = first.removeprefix("::stop-commands::")
    assert (last, quoted) == (f"::{token}::", "::error::mine")
    assert len(token) == 32
    with actions.inert(False):
        pass
    assert not capsys.readouterr().out


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Runs `kit grade` inside an action, with a grade that is over at once, of a hostile submission."""
    monkeypatch.setattr(shell, "_obey_signals", lambda: None)
    monkeypatch.setattr(grading, "grade", lambda *given: report(text="##[add-mask]x\n::error::x"))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return lambda *words: CliRunner().invoke(cli.app, ["grade", str(tmp_path), *words])


def test_json_stays_alone_on_its_stream(run: Callable[..., Any], tmp_path: Path) -> None:
    done = run("--json", "--export-junit", str(tmp_path / "junit.xml"))
    assert done.exit_code == shell.NOT_JUDGED, done.output
    assert json.loads(done.stdout)["points"] == 120
    assert "##[" not in done.stdout
    assert done.stderr.startswith("::error title=")
    assert (tmp_path / "junit.xml").is_file()


def test_all_that_is_quoted_stands_where_commands_are_off(
    run: Callable[..., Any],
) -> None:
    done = run("--verbose")
    lines = done.stdout.splitlines()
    token = lines[0].removeprefix("::stop-commands::")
    last = lines.index(f"::{token}::")
    assert any("add-mask" in line for line in lines[:last])
    commands = [read(line) for line in lines[last + 1 :]]
    assert [command.kind for command in commands if command] == ["error"] * 3 + ["warning"] * 3 + ["notice"]
    assert all(commands)


def test_no_github_is_as_at_home(run: Callable[..., Any]) -> None:
    assert "::stop-commands::" not in run("--no-github").output


@pytest.mark.parametrize(
    ("flag", "variable", "expected"),
    [(None, "true", True), (None, "", False), (None, "1", False), (False, "true", False), (True, "", True)],
)
def test_github_is_on_inside_an_action(
    monkeypatch: pytest.MonkeyPatch, flag: bool | None, variable: str, expected: bool
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", variable)
    assert actions.wanted(flag) == expected
