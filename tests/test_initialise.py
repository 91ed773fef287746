"""A workspace's init_db.py runs as it does by hand, and what goes wrong in it is told in one line."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from graders.service import Service

GOOD = {
    "plain": "open('shop.db', 'w')",
    "chatty": "print('x' * 1_000_000); open('shop.db', 'w')",
    "ends itself": "import sys; open('shop.db', 'w'); sys.exit()",
    "ends at once": "import os; open('shop.db', 'w').close(); os._exit(0)",
    "at exit": "import atexit; atexit.register(lambda: open('shop.db', 'w'))",
    "only where there is none": "open('shop.db', 'x')",
    "as a script": "if __name__ == '__main__': open('shop.db', 'w')",
    "in a process of its own": "import multiprocessing as m; p = m.get_context('fork').Process(target=open, "
    "args=('shop.db', 'w')); p.start(); p.join()",
}
BAD = {
    "raise RuntimeError('boom')": "init_db.py failed: init_db.py, line 1: RuntimeError: boom",
    "def (": "init_db.py failed: init_db.py, line 1: SyntaxError: invalid syntax",
    "import sys; sys.exit(3)": "init_db.py failed: 3",
    "import sys; sys.exit('no tables today')": "init_db.py failed: no tables today",
    "import os; os.kill(os.getpid(), 9)": "init_db.py failed: -9",
    "import os; os.kill(os.getppid(), 9)": "init_db.py failed: it was ended",
    "import time; time.sleep(60)": "init_db.py did not end within 3 s",
}
QUICK = {"plain", "at exit", *list(BAD)[:1], *list(BAD)[3:4]}


def cases(names: Iterable[str]) -> list[Any]:
    """By name; most are slow."""
    return [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow, id=name) for name in names]


def initialised(tmp_path: Path, text: str, seconds: float = 3) -> str:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "init_db.py").write_text(text)
    with contextlib.closing(Service(folder)) as service:
        service.initialise()
        return service.initialised(seconds)


@pytest.mark.parametrize("name", cases(GOOD))
def test_a_database_is_made(tmp_path: Path, name: str) -> None:
    assert initialised(tmp_path, GOOD[name], seconds=20) == ""
    assert (tmp_path / "shop" / "shop.db").exists()


@pytest.mark.parametrize("text", cases(BAD))
def test_what_goes_wrong_is_told(tmp_path: Path, text: str) -> None:
    assert initialised(tmp_path, text, 3 if "sleep" in text else 20) == BAD[text]
