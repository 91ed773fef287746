"""A swap that ends at any moment leaves all of the old or all of the new; what was replaced is never lost."""

from __future__ import annotations

import itertools
import os
import runpy
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from conftest import TREE, Lay

from graders import variant
from graders.errors import KitError
from graders.model import SLUGS
from workspaces import contents, saved, started, swap, workspace
from workspaces.known import Variant

NOW = datetime(2026, 11, 24, 10, 15)
FIXED = Variant(SLUGS)


class Killed(BaseException):
    """Stands for a SIGKILL: nothing catches it."""


@pytest.fixture
def setting(tmp_path: Path) -> workspace.Setting:
    return workspace.Setting(TREE, tmp_path / "state", NOW)


def texts(folder: Path) -> dict[str, str]:
    """The exercise's files as they are now."""
    return {path: (folder / path).read_text() for path in variant.exercise(TREE)}


def everywhere(folder: Path, state: Path) -> Iterator[str]:
    """All contents in a workspace and in what was saved of it."""
    places = (folder, *(one.files for one in saved.every(state)))
    for place in places:
        yield from (p.read_text() for p in place.rglob("*") if p.is_file() and ".kit-" not in str(p))


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


def test_a_folder_or_a_link_in_the_way_of_a_file_is_saved(
    lay: Lay, setting: workspace.Setting, tmp_path: Path
) -> None:
    folder = lay()
    (tmp_path / "elsewhere.py").write_text("# elsewhere\n")
    (folder / "app" / "catalog.py").unlink()
    (folder / "app" / "catalog.py").symlink_to(tmp_path / "elsewhere.py")
    (folder / "app" / "reports.py").unlink()
    (folder / "app" / "reports.py").mkdir()
    (folder / "app" / "reports.py" / "inner.py").write_text("# inner\n")
    with workspace.opened(folder, setting) as desk:
        desk.lay(FIXED)
    assert texts(folder) == variant.files(TREE, SLUGS)
    assert not (folder / "app" / "catalog.py").is_symlink()
    assert (tmp_path / "elsewhere.py").read_text() == "# elsewhere\n"
    assert "# inner\n" in set(everywhere(folder, setting.state))
    links = [one.files / "app" / "catalog.py" for one in saved.every(setting.state)]
    assert os.readlink(links[0]) == str(tmp_path / "elsewhere.py")


def test_an_app_folder_that_is_a_link_is_put_aside_and_nothing_is_written_through_it(
    lay: Lay, setting: workspace.Setting, tmp_path: Path
) -> None:
    folder = lay()
    (folder / "app").rename(tmp_path / "linked")
    (folder / "app").symlink_to(tmp_path / "linked")
    before = (tmp_path / "linked" / "catalog.py").read_text()
    with workspace.opened(folder, setting) as desk:
        desk.lay(FIXED)
    assert texts(folder) == variant.files(TREE, SLUGS)
    assert (tmp_path / "linked" / "catalog.py").read_text() == before


def test_modes_and_owners_stay(lay: Lay, setting: workspace.Setting) -> None:
    folder = lay()
    (folder / "init_db.py").chmod(0o755)
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, 12345, 12345)
    with workspace.opened(folder, setting) as desk:
        desk.lay(FIXED)
    assert (folder / "init_db.py").stat().st_mode & 0o777 == 0o755
    owners = {path.stat().st_uid for path in folder.rglob("*.py")}
    assert owners == {12345 if os.geteuid() == 0 else os.geteuid()}


def test_an_app_folder_that_is_a_link_is_saved_by_a_reset(
    lay: Lay, setting: workspace.Setting, tmp_path: Path
) -> None:
    folder = lay()
    (folder / "app").rename(tmp_path / "linked")
    (folder / "app").symlink_to(tmp_path / "linked")
    with workspace.opened(folder, setting) as desk:
        desk.reset()
    assert texts(folder) == variant.exercise(TREE)
    assert (tmp_path / "linked" / "catalog.py").is_file()


def test_a_swap_that_a_candidate_hands_in_is_never_carried_out(
    lay: Lay, setting: workspace.Setting, tmp_path: Path
) -> None:
    folder = lay()
    (tmp_path / "precious").write_text("of the proctor")
    forged = folder / swap.SWAP
    for path in ("new/app/catalog.py", "old/x"):
        (forged / path).parent.mkdir(parents=True, exist_ok=True)
        (forged / path).write_text("forged")
    for name, text in (("gone", "../precious"), ("saved", ""), ("token", "")):
        (forged / name).write_text(text)
    assert not swap.unsettled(folder, setting.state)
    with workspace.opened(folder, setting) as desk:
        assert texts(folder) == variant.exercise(TREE)
        desk.reset()
    assert (tmp_path / "precious").read_text() == "of the proctor"
    assert texts(folder) == variant.exercise(TREE)


def test_a_fix_typed_just_as_the_kit_would_lay_it_out_is_somebodys_work(
    lay: Lay, setting: workspace.Setting
) -> None:
    folder = lay()
    started.note(folder, Variant(), setting.state)
    fixed = variant.files(TREE, ["zero-pool"])["app/database.py"]
    (folder / "app" / "database.py").write_text(fixed)
    with workspace.opened(folder, setting) as desk:
        desk.reset()
    (one,) = saved.every(setting.state)
    assert (one.files / "app" / "database.py").read_text() == fixed


def test_what_the_kit_laid_out_itself_is_not_saved(lay: Lay, setting: workspace.Setting) -> None:
    folder = lay()
    for state in (FIXED, Variant((), ("honest",)), Variant(("zero-pool",), ("blind",))):
        with workspace.opened(folder, setting) as desk:
            desk.lay(state)
        with workspace.opened(folder, setting) as desk:
            assert desk.reset().begun == state
    assert saved.every(setting.state) == []
