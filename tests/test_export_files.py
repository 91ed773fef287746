"""commands/exports.py: which files are written, and what is said before a grade where that cannot be."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from conftest import TREE, Lay, snapshot
from samples import report

from commands import exports
from graders import atomic
from graders.errors import KitError, UsageError

SAID = {
    "CLASSROOM": "shop",
    "ASSIGNMENT": "debug",
    "SUBMISSION_TAG": "submit/1",
    "COMMIT_URL": "https://example.org/commit/1",
    "RELEASE_URL": "https://example.org/release/1",
}
FIRST = {
    "json": '{\n  "schema": "debugkit/report/v1"',
    "html": "<!doctype html>",
    "markdown": "# `500`",
    "junit": "<?xml version='1.0' encoding='utf-8'?>",
    "gradescope": '{\n  "score": 66.9',
    "classroom50": '{\n  "schema": "classroom50/result/v1"',
}
"""How each begins."""


def refused(files: Mapping[str, Path | None], submitted_at: str | None = None) -> str:
    with pytest.raises(UsageError) as caught:
        exports.planned(files, submitted_at)
    return str(caught.value)


@pytest.fixture(autouse=True)
def _classroom(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SAID.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("kind", exports.FORMATS)
def test_each_format_is_written_whole(tmp_path: Path, kind: str) -> None:
    path = tmp_path / kind
    exports.write(exports.planned({kind: path}), report())
    text = path.read_text()
    assert text.lower().startswith(FIRST[kind].lower())
    assert text.endswith("\n")
    assert [found.name for found in tmp_path.iterdir()] == [kind]


def test_every_format_has_an_option_and_every_option_a_format() -> None:
    assert exports.FORMATS.keys() == FIRST.keys()


def test_nothing_is_written_where_nothing_is_named() -> None:
    assert exports.planned(dict.fromkeys(exports.FORMATS)) == []


def test_a_plan_writes_nothing_yet(tmp_path: Path) -> None:
    exports.planned({kind: tmp_path / kind for kind in exports.FORMATS})
    assert snapshot(tmp_path) == {}


def test_what_a_file_held_before_is_replaced_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.md").write_text("old")
    (tmp_path / "link.md").symlink_to("real.md")
    exports.write(exports.planned({"markdown": tmp_path / "link.md"}), report())
    assert (tmp_path / "link.md").is_symlink()
    assert (tmp_path / "real.md").read_text().startswith("# ")


def test_two_formats_in_one_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("one")
    for second in (tmp_path / "one", tmp_path / "x" / ".." / "one", tmp_path / "link"):
        said = refused({"junit": tmp_path / "one", "json": second})
        assert said.startswith("--export-json and --export-junit name one file")


def test_one_file_by_two_names_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("old")
    os.link(tmp_path / "one", tmp_path / "two")
    said = refused({"junit": tmp_path / "one", "json": tmp_path / "two"})
    assert said.startswith("--export-json and --export-junit name one file")


@pytest.mark.parametrize("name", ["ada.json", "x/../ada.json", "soft", "hard"])
def test_what_must_stay_is_refused_by_whatever_name(tmp_path: Path, name: str) -> None:
    (tmp_path / "ada.json").write_text("old")
    (tmp_path / "soft").symlink_to("ada.json")
    os.link(tmp_path / "ada.json", tmp_path / "hard")
    with pytest.raises(UsageError, match="which is read: name another file"):
        exports.planned({"html": tmp_path / name}, keep=[tmp_path / "ada.json"])


@pytest.mark.parametrize(
    "name", ["app/main.py", "README.md", "NOTES.md", "requirements.txt", "fix.patch", "shop.db", "Makefile"]
)
def test_what_somebody_wrote_in_the_workspace_is_not_overwritten(lay: Lay, tmp_path: Path, name: str) -> None:
    folder = lay()
    (folder / "NOTES.md").write_text("# mine\n")
    (folder / name).touch()
    (tmp_path / "link").symlink_to(folder / name)
    for path in (folder / name, tmp_path / "link"):
        with pytest.raises(UsageError, match="name a file outside of the workspace"):
            exports.planned({"markdown": path}, workspace=folder)
    assert exports.planned({"markdown": path})


@pytest.mark.parametrize("kind", exports.FORMATS)
def test_an_earlier_export_in_the_workspace_is_replaced(lay: Lay, kind: str) -> None:
    suffix = {"html": ".html", "markdown": ".md", "junit": ".xml"}.get(kind, ".json")
    folder = lay()
    for _ in range(2):
        planned = exports.planned({kind: folder / f"ada{suffix}"}, workspace=folder)
        exports.write(planned, report())
    assert exports.planned({kind: folder.parent / "main.py"}, workspace=folder)


@pytest.mark.parametrize("path", ["-", "missing/x.xml", ".", "pipe"])
def test_what_is_no_file_in_a_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    assert ("takes a file" if path == "-" else "cannot be written") in refused({"junit": Path(path)})


def test_a_file_that_cannot_be_written_after_all_is_said(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    planned = exports.planned({"junit": tmp_path / "gone" / "x.xml"})
    (tmp_path / "gone").rmdir()
    with pytest.raises(KitError, match=r"could not be written to .*x\.xml: No such file or directory\."):
        exports.write(planned, report())


def test_one_that_cannot_be_written_does_not_lose_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(report: object, context: object) -> str:
        raise TypeError("no page")

    monkeypatch.setattr(exports, "FORMATS", {**exports.FORMATS, "html": broken})
    (tmp_path / "gone").mkdir()
    files = {kind: tmp_path / kind for kind in exports.FORMATS} | {"json": tmp_path / "gone" / "json"}
    planned = exports.planned(files)
    (tmp_path / "gone").rmdir()
    with pytest.raises(KitError) as caught:
        exports.write(planned, report())
    assert str(caught.value) == (
        f"The report could not be written to {tmp_path}/gone/json: No such file or directory; "
        f"{tmp_path}/html: a fault of the kit itself, please report it: TypeError: no page."
    )
    assert {path.name for path in tmp_path.iterdir()} == set(FIRST) - {"json", "html"}


KILLED = """
import os, signal, sys
from pathlib import Path
from graders import atomic

os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)
atomic.write(Path(sys.argv[1]), b"new")
"""


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="there every file has a name from the start")
def test_killed_while_a_file_is_written_nothing_of_it_is_left(tmp_path: Path) -> None:
    (tmp_path / "ada.json").write_text("old")
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "ada.json")], cwd=TREE, check=False)
    assert done.returncode == -signal.SIGKILL
    assert snapshot(tmp_path) == {"ada.json": b"old"}


def test_where_no_file_can_be_without_a_name_it_is_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "O_TMPFILE", 0, raising=False)
    atomic.write(tmp_path / "ada.json", b"new")
    assert snapshot(tmp_path) == {"ada.json": b"new"}
    assert (tmp_path / "ada.json").stat().st_mode & 0o777 == atomic.NEW_MODE


@pytest.mark.parametrize("text", ["yesterday", "2026-09-01T10:00:00", ""])
def test_a_time_of_submission_needs_its_offset(text: str) -> None:
    assert "--submitted-at takes a time in ISO 8601" in refused({}, text)


def test_the_time_of_submission_is_the_one_given(tmp_path: Path) -> None:
    planned = exports.planned({"classroom50": tmp_path / "r"}, "2026-08-31T16:59:59.123456-07:00")
    exports.write(planned, report())
    assert json.loads((tmp_path / "r").read_text())["datetime"] == "2026-08-31T23:59:59Z"


@pytest.mark.parametrize("name", SAID)
def test_classroom50_must_have_said_whose_work_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv(name)
    assert refused({"classroom50": tmp_path / "r"}).endswith(f"not there: {name}.")


def test_classroom50_is_told_what_its_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OWNER", "ada")
    monkeypatch.setenv("ASSIGNMENT_TYPE", "individual")
    exports.write(exports.planned({"classroom50": tmp_path / "r"}), report())
    read = json.loads((tmp_path / "r").read_text())
    assert (read["classroom"], read["owner"], read["assignment_type"]) == ("shop", "ada", "individual")
    assert read["review"] == read["commit"] == SAID["COMMIT_URL"]
