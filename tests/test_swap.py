"""A swap that ends at any moment leaves all of the old or all of the new; what was replaced is never lost."""

from __future__ import annotations

import itertools
import os
import runpy
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import swaps
from conftest import TREE, Lay
from swaps import FIXED, everywhere, texts

from graders import variant
from graders.errors import KitError
from graders.model import SLUGS
from workspaces import contents, saved, swap, workspace

setting = pytest.fixture(swaps.setting)


class Killed(BaseException):
    """Stands for a SIGKILL: nothing catches it."""


def kill_after(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Have the process that finishes a swap die after so many links and renames."""
    left = itertools.count(count, -1)

    def finish(folder: Path, texts: object, state: Path, now: datetime, lock: int) -> None:
        for name in ("replace", "rename", "link"):
            monkeypatch.setattr(os, name, dying(getattr(os, name)))
        try:
            script = runpy.run_path(str(swap.FINISH))
            script["finish"](folder / swap.SWAP)
        finally:
            monkeypatch.undo()

    def dying(call: Callable[..., object]) -> Callable[..., object]:
        def called(*arguments: object, **options: object) -> object:
            if next(left) <= 0:
                raise Killed
            return call(*arguments, **options)

        return called

    monkeypatch.setattr(swap, "_finish", finish)


def test_a_swap_that_is_killed_anywhere_is_finished_by_the_next_command(
    lay: Lay, setting: workspace.Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    fixed = variant.files(TREE, SLUGS)
    for count in itertools.count():
        folder = lay(name=f"shop{count}")
        (folder / "app" / "catalog.py").write_text("# mine\n")
        (folder / "app" / "extra.py").write_text("# extra\n")
        kill_after(monkeypatch, count)
        try:
            with workspace.opened(folder, setting) as desk:
                desk.lay(FIXED)
        except Killed:
            monkeypatch.undo()
            assert swap.unsettled(folder, setting.state)
            workspace.settle(folder, setting)
            assert texts(folder) == fixed
            assert not (folder / "app" / "extra.py").exists()
            assert {"# mine\n", "# extra\n"} <= set(everywhere(folder, setting.state))
            assert not list(folder.glob(".kit-*"))
        else:
            assert count > 2 * len(fixed)  # it was killed at each step before
            return


def test_an_edit_after_a_swap_was_cut_off_is_saved_too(
    lay: Lay, setting: workspace.Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = lay()
    kill_after(monkeypatch, 1)  # one file is linked, none replaced
    with pytest.raises(Killed), workspace.opened(folder, setting) as desk:
        desk.lay(FIXED)
    monkeypatch.undo()
    for path in variant.exercise(TREE):
        (folder / path).unlink()
        (folder / path).write_text(f"# {path}, edited between\n")
    late: list[saved.Saved] = []
    workspace.settle(folder, setting, late.append)
    assert texts(folder) == variant.files(TREE, SLUGS)
    assert late
    assert {f"# {path}, edited between\n" for path in variant.exercise(TREE)} <= set(
        everywhere(folder, setting.state)
    )


def test_before_the_decision_nothing_has_changed(
    lay: Lay, setting: workspace.Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = lay()
    before = {path: (folder / path).stat().st_ino for path in contents.everything(folder)}

    def full(source: object, target: Path, place: Path, folder: Path) -> None:
        if target.name == "reports.py":
            raise OSError(28, "No space left on device")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("new")

    monkeypatch.setattr(swap, "_stage", full)
    with (
        pytest.raises(KitError, match="No space.*nothing was changed"),
        workspace.opened(folder, setting) as desk,
    ):
        desk.lay(FIXED)
    assert {path: (folder / path).stat().st_ino for path in contents.everything(folder)} == before
    assert not list(folder.glob(".kit-*"))


def test_what_an_editor_writes_between_saving_and_swapping_is_saved(
    lay: Lay, setting: workspace.Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = lay()
    stage = swap._stage

    def meanwhile(source: bytes | Path, target: Path, place: Path, folder: Path) -> None:
        (folder / "app" / "rates.py").write_text("# typed meanwhile\n")
        stage(source, target, place, folder)

    monkeypatch.setattr(swap, "_stage", meanwhile)
    told: list[saved.Saved] = []
    with workspace.opened(folder, setting, told.append) as desk:
        desk.lay(FIXED)
    (late,) = told
    assert (late.files / "app" / "rates.py").read_text() == "# typed meanwhile\n"
    assert texts(folder) == variant.files(TREE, SLUGS)


def test_a_step_that_fails_says_so_and_is_done_by_the_next_command(
    lay: Lay, setting: workspace.Setting, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = lay()
    failing = tmp_path / "failing.py"
    failing.write_text("raise OSError('the disk is gone')\n")
    monkeypatch.setattr(swap, "FINISH", failing)
    with pytest.raises(KitError, match="the disk is gone"), workspace.opened(folder, setting) as desk:
        desk.lay(FIXED)
    monkeypatch.undo()
    assert texts(folder) == variant.exercise(TREE)
    workspace.settle(folder, setting)
    assert texts(folder) == variant.files(TREE, SLUGS)
