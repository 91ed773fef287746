"""graders/sockets.py: a socket is bound and reached in a folder of any depth."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from graders import sockets


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="no short names here")
def test_a_socket_below_a_long_path(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 120)
    deep.mkdir()
    with sockets.near(deep) as near, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(near / "s0"))
        listener.listen()
        assert (deep / "s0").is_socket()
        with socket.socket(socket.AF_UNIX) as caller:
            caller.connect(str(near / "s0"))
    assert not near.exists()


def test_a_short_name_stays() -> None:
    short = Path("/")
    with sockets.near(short) as near:
        assert near == short


def test_without_short_names_it_is_the_folder_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os.path, "isdir", lambda path: False)
    monkeypatch.setattr(sockets, "LONG", 0)
    with sockets.near(tmp_path) as near:
        assert near == tmp_path


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), sockets.near(tmp_path / "nothing"):
        pass
