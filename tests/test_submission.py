"""graders/submission.py: what is graded is one state of a workspace, however somebody works in it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from graders import submission, variant
from graders.errors import UsageError
from graders.submission import PATIENCE_SECONDS, REST_SECONDS, Submission

Act = Callable[[], object]
TREES = [{"app/main.py": "one = 1\n", "app/other.py": "two = 2\n"}]


class Editor:
    """Somebody at work in a folder: does one thing in each rest that the reader takes, time passing so."""

    def __init__(self, *acts: Act) -> None:
        self.acts = list(acts)
        self.elapsed = 0.0

    def now(self) -> float:
        return self.elapsed

    def sleep(self, seconds: float) -> None:
        self.elapsed += seconds
        if self.acts:
            self.acts.pop(0)()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    variant.write(TREES[0], tmp_path / "shop")
    return tmp_path / "shop"


def read(folder: Path, editor: Editor) -> Submission:
    return submission.read(folder, TREES, editor.now, editor.sleep)


def save(path: Path, text: str) -> None:
    """As many editors do: another file, renamed, here even with the date of the one before."""
    other = path.with_name("saving~")
    other.write_text(text)
    dates = path.stat()
    os.utime(other, ns=(dates.st_atime_ns, dates.st_mtime_ns))
    other.replace(path)


def act_while_reading(monkeypatch: pytest.MonkeyPatch, act: Act) -> None:
    """Have something happen right after the first file was read."""
    acts, plain = [act], Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        content = plain(path)
        if acts:
            acts.pop()()
        return content

    monkeypatch.setattr(Path, "read_bytes", read_bytes)


def test_a_folder_at_rest_is_read_once(folder: Path) -> None:
    editor = Editor()
    found = read(folder, editor)
    assert found.files == {"app/main.py": b"one = 1\n", "app/other.py": b"two = 2\n"}
    assert (found.name, found.changed, editor.elapsed) == ("shop", (), REST_SECONDS)


def test_a_file_that_is_written_in_place_is_read_whole(folder: Path) -> None:
    path = folder / "app" / "main.py"
    path.write_text("")  # emptied a moment ago
    editor = Editor(lambda: path.write_text("one = "), lambda: path.write_text("one = 11\n"))
    assert read(folder, editor).files["app/main.py"] == b"one = 11\n"


def test_a_file_that_is_replaced_while_it_is_read_is_read_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the same size and date: only the inode tells."""
    act_while_reading(monkeypatch, lambda: save(folder / "app" / "main.py", "one = 3\n"))
    assert read(folder, Editor()).files["app/main.py"] == b"one = 3\n"


def test_two_files_that_are_saved_one_after_the_other_belong_together(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def save_both() -> None:
        for name, text in (("main.py", "one = 3\n"), ("other.py", "two = 4\n")):
            save(folder / "app" / name, text)

    act_while_reading(monkeypatch, save_both)
    found = read(folder, Editor())
    assert found.files == {"app/main.py": b"one = 3\n", "app/other.py": b"two = 4\n"}


def test_the_second_of_two_saves_is_waited_for(folder: Path) -> None:
    save(folder / "app" / "main.py", "one = 3\n")
    found = read(folder, Editor(lambda: save(folder / "app" / "other.py", "two = 4\n")))
    assert found.files == {"app/main.py": b"one = 3\n", "app/other.py": b"two = 4\n"}


@pytest.mark.parametrize("gone", ["app/other.py", "notes"])
def test_what_disappears_while_it_is_read_is_a_change(
    folder: Path, monkeypatch: pytest.MonkeyPatch, gone: str
) -> None:
    (folder / "notes").mkdir()
    (folder / "notes" / "ada.txt").write_text("mine")

    def remove() -> None:
        (folder / gone).unlink() if (folder / gone).is_file() else shutil.rmtree(folder / gone)

    act_while_reading(monkeypatch, remove)
    assert not [path for path in read(folder, Editor()).files if path.startswith(gone)]


def test_a_folder_that_disappears_while_it_is_listed_is_a_change(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = os.scandir

    def scandir(path: object) -> object:
        if str(path).endswith("notes"):
            shutil.rmtree(folder / "notes", ignore_errors=True)
        return listed(path)  # type: ignore[call-overload]

    (folder / "notes").mkdir()
    (folder / "notes" / "ada.txt").write_text("mine")
    monkeypatch.setattr(os, "scandir", scandir)
    assert set(read(folder, Editor()).files) == {"app/main.py", "app/other.py"}


def test_a_log_that_grows_for_ever_is_named(folder: Path) -> None:
    log = folder / "load.log"

    def write() -> None:
        with log.open("a") as file:
            file.write("another line\n")

    editor = Editor(*[write] * 1000)
    with pytest.raises(UsageError, match=r"keeps changing while it is read: stop what writes to load\.log\."):
        read(folder, editor)
    assert PATIENCE_SECONDS <= editor.elapsed <= PATIENCE_SECONDS + 2 * REST_SECONDS


def test_a_log_that_grows_now_and_then_is_no_trouble(folder: Path) -> None:
    log = folder / "load.log"

    def nothing() -> None:
        """The reader rests, and so does the log."""

    editor = Editor(*[lambda: log.write_text("one line\n"), nothing, lambda: log.write_text("two lines\n")])
    assert read(folder, editor).files["load.log"] == b"one line\n"


@pytest.mark.parametrize("year", [1980, 2100])
def test_dates_do_not_matter(folder: Path, year: int) -> None:
    for path in (folder / "app").iterdir():
        os.utime(path, (0, (year - 1970) * 31_556_952))
    editor = Editor()
    read(folder, editor)
    assert editor.elapsed == REST_SECONDS


def test_what_is_handed_out_in_one_way_or_another_is_no_change(folder: Path) -> None:
    honest = {**TREES[0], "app/other.py": "two = 'two'\n"}
    (folder / "app" / "other.py").write_bytes(b"two = 'two'\r\n")
    assert submission.read(folder, TREES).changed == ("app/other.py",)
    assert submission.read(folder, [*TREES, honest]).changed == ()


def test_edited_added_and_removed_files_are_changes(folder: Path) -> None:
    (folder / "app" / "main.py").write_text("one = 'two'\n")
    (folder / "app" / "other.py").unlink()
    (folder / "notes.txt").write_text("mine")
    assert submission.read(folder, TREES * 2).changed == ("app/main.py", "app/other.py", "notes.txt")


@pytest.mark.parametrize("indent", [None, 2])
def test_a_report_of_the_kit_is_left_out_wherever_it_is_kept(folder: Path, indent: int | None) -> None:
    before = submission.read(folder, TREES)
    (folder / "ada.json").write_text(json.dumps({"schema": "debugkit/report/v1", "score": 1}, indent=indent))
    assert submission.read(folder, TREES) == before


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app/more.py", '{"schema": "debugkit/report/v1"}'),
        ("rates.json", '{"schema": "rates/v1"}'),
        ("rates.json", '{"rates": {"schema": "debugkit/report/v1"}}'),
    ],
)
def test_no_other_file_is_left_out(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    assert submission.read(folder, TREES).changed == (name,)
