"""Edits that were put aside come back as they were, once each, whatever the clock says."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from graders.errors import KitError, UsageError
from workspaces import saved

NOW = datetime(2026, 11, 24, 10, 15)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shop" / "app").mkdir(parents=True)
    (tmp_path / "shop" / "app" / "catalog.py").write_bytes(b"# mine\r\n\xff")
    (tmp_path / "shop" / "run.sh").write_text("#!/bin/sh\n")
    (tmp_path / "shop" / "run.sh").chmod(0o755)
    (tmp_path / "shop" / "link").symlink_to("run.sh")
    return tmp_path / "shop"


def test_contents_modes_times_and_links_are_kept(folder: Path, tmp_path: Path) -> None:
    os.utime(folder / "run.sh", (1, 1))
    one = saved.save(folder, ["app/catalog.py", "run.sh", "link"], tmp_path / "state", NOW)
    assert one.name == "20261124-101500-1"
    assert one.paths == ("app/catalog.py", "link", "run.sh")
    assert (one.files / "app" / "catalog.py").read_bytes() == b"# mine\r\n\xff"
    assert (one.files / "run.sh").stat().st_mode & 0o777 == 0o755
    assert (one.files / "run.sh").stat().st_mtime == 1
    assert os.readlink(one.files / "link") == "run.sh"
    assert saved.named(one.name, tmp_path / "state") == one
    assert saved.of(folder, tmp_path / "state") == [one]


def test_the_same_edits_are_saved_once_and_others_get_another_name(folder: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    one = saved.save(folder, ["run.sh"], state, NOW)
    assert saved.save(folder, ["run.sh"], state, NOW + timedelta(hours=1)) == one
    (folder / "run.sh").write_text("#!/bin/zsh\n")
    second = saved.save(folder, ["run.sh"], state, NOW)
    back = saved.save(folder, ["run.sh", "link"], state, NOW - timedelta(days=1))  # the clock was set back
    assert [second.name, back.name] == ["20261124-101500-2", "20261123-101500-1"]
    assert {one.name for one in saved.every(state)} == {one.name, second.name, back.name}
    assert (one.files / "run.sh").read_text() == "#!/bin/sh\n"
    assert not list((state / "saved").glob(".kit-*"))


def test_a_state_folder_that_cannot_be_written_is_said_before_anything_is_changed(folder: Path) -> None:
    with pytest.raises(KitError, match="nothing was changed.*XDG_STATE_HOME"):
        saved.save(folder, ["run.sh"], folder / "run.sh" / "state", NOW)


def test_a_half_written_set_is_none(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "state" / "saved" / ".kit-abc" / "files").mkdir(parents=True)
    (tmp_path / "state" / "saved" / "20261124-101500-1").mkdir()
    assert saved.every(tmp_path / "state") == []
    with pytest.raises(UsageError, match="nothing yet"):
        saved.named("20261124-101500-1", tmp_path / "state")
    assert saved.save(folder, ["run.sh"], tmp_path / "state", NOW).name == "20261124-101500-2"
