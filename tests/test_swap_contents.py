"""A swap among links, folders and files that are somebody's: their work is saved, and nothing else is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import swaps
from conftest import TREE, Lay
from swaps import FIXED, everywhere, texts

from graders import variant
from graders.model import SLUGS
from workspaces import saved, started, swap, workspace
from workspaces.known import Variant

setting = pytest.fixture(swaps.setting)


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
