"""Rough hands all around: other kits and an editor at work in the same folder at the same time."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import TREE, free_port, listens, sentence, until
from desks import CHANGES, EDITED, MINE, Desk

from graders import variant
from graders.digest import digest
from graders.model import SLUGS
from graders.submission import encoded

GRADES = "grade ada --only missing-model --seed 7 --json"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.slow
def test_two_grades_at_once_are_both_right(desk: Desk) -> None:
    variant.write(variant.files(TREE, SLUGS), desk.here / "new")
    with desk.started(GRADES) as one, desk.started(GRADES.replace("ada", "new")) as other:
        reports = [json.loads(kit.communicate(timeout=60)[0]) for kit in (one, other)]
    assert (one.returncode, other.returncode) == (1, 0)
    assert [report["score"] for report in reports] == [0, 15]
    assert not desk.left()


@pytest.mark.parametrize("code", [0, pytest.param(1, marks=pytest.mark.slow)], ids=["status", "grade"])
def test_a_folder_that_is_served_is_read_by_others_and_changed_by_none(desk: Desk, code: int) -> None:
    port = free_port()
    with desk.started(f"start --port {port} ada") as serving:
        assert until(lambda: listens(port))
        before = desk.seen()
        for words in (*CHANGES, f"start --port {free_port()} ada"):
            said = sentence(desk(words))
            assert "Another kit" in said
            assert f"(process {serving.pid})" in said
        assert f"Port {port} is taken" in sentence(desk(f"start --port {port} ada"))
        assert "1 file edited" in desk("status ada").stdout
        assert desk(GRADES if code else "status ada").returncode == code
        assert desk.seen() == before
        serving.terminate()
        serving.communicate(timeout=20)
    assert desk("reset ada").returncode == 0


@contextlib.contextmanager
def saving(save: Callable[[int], None]) -> Iterator[None]:
    """An editor that saves again and again while the block lasts."""
    over = threading.Event()

    def work() -> None:
        nth = 0
        while not over.is_set():
            nth += 1
            save(nth)

    editor = threading.Thread(target=work)
    editor.start()
    try:
        yield
    finally:
        over.set()
        editor.join()


@pytest.mark.slow
def test_what_is_graded_is_of_one_moment(desk: Desk) -> None:
    """Two files that belong together are saved one shortly after the other, by renaming and in place."""
    states = [variant.files(TREE, ()), variant.files(TREE, SLUGS)]
    ada = desk.here / "ada"

    def save(nth: int) -> None:
        for path, text in states[nth % 2].items():
            if (ada / path).read_text() != text:
                (desk.here / "save").write_text(text)
                (desk.here / "save").rename(ada / path) if nth % 4 < 2 else (ada / path).write_text(text)
        time.sleep(0.3)

    save(0)
    with saving(save):
        done = desk(GRADES)
    report = json.loads(done.stdout)
    assert report["submission"]["sha256"] in {digest(encoded(state)) for state in states}
    assert done.returncode == (report["score"] == 0)


@pytest.mark.slow
def test_a_file_that_never_rests_is_named(desk: Desk) -> None:
    def save(nth: int) -> None:
        (desk.here / "ada" / "trace.txt").write_text(f"{nth}\n" * 1000)

    with saving(save):
        assert "trace.txt" in sentence(desk(GRADES))


@pytest.mark.parametrize("words", CHANGES)
def test_the_last_save_before_a_change_is_kept(desk: Desk, words: str) -> None:
    said = [MINE]

    def save(nth: int) -> None:
        time.sleep(0.005)
        place = desk.here / "ada" / EDITED
        if place.read_text() == said[-1]:
            said.append(f"# {nth}\n{MINE}")
            (desk.here / "save").write_text(said[-1])
            (desk.here / "save").rename(place)

    with saving(save):
        assert desk(words).returncode == 0
    assert len(said) > 5
    assert desk.keeps(said[-1])
