"""A workspace's init_db.py runs as it does by hand, and what goes wrong in it is told in one line."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from conftest import until

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
    "in a spawned one": """
import multiprocessing
def make():
    open("shop.db", "w")
if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    assert multiprocessing.parent_process() is None
    process = multiprocessing.Process(target=make)
    process.start()
    process.join()
""",
    "in a pool that nobody shuts down": """
import concurrent.futures
pool = concurrent.futures.ProcessPoolExecutor(1)
pool.submit(open, "shop.db", "w")
""",
    "in a thread that nobody joins": """
import threading, time
def make():
    time.sleep(0.2)
    open("shop.db", "w")
threading.Thread(target=make).start()
""",
    "in a file that nobody closes": """
def text():
    return "made"
file = open("shop.db", "w")
file.write(text())
""",
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
QUICK = {"", "plain", "at exit", *list(BAD)[:1], *list(BAD)[3:4]}


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
    if "nobody closes" in name:
        assert (tmp_path / "shop" / "shop.db").read_text() == "made"


@pytest.mark.parametrize("text", cases(BAD))
def test_what_goes_wrong_is_told(tmp_path: Path, text: str) -> None:
    assert initialised(tmp_path, text, 3 if "sleep" in text else 20) == BAD[text]


LEAVES = "import os, subprocess, time; print(subprocess.Popen(['sleep', '60']).pid, file=open('left', 'w'))\n"
ENDS = {
    "": "",
    "raise SystemExit('no')": "init_db.py failed: no",
    "os.kill(os.getpid(), 9)": "init_db.py failed: -9",
    "os.kill(os.getppid(), 9)": "init_db.py failed: it was ended",
    "time.sleep(60)": "init_db.py did not end within 3 s",
}


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize("end", cases(ENDS))
def test_what_it_started_is_gone(tmp_path: Path, end: str) -> None:
    assert initialised(tmp_path, LEAVES + end, 3 if "sleep" in end else 20) == ENDS[end]
    left = int((tmp_path / "shop" / "left").read_text())
    assert until(lambda: not command_of(left))


def test_one_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    with contextlib.closing(Service(tmp_path / "shop")) as service:
        service.initialise()
        trouble = service.initialised(20)
    assert (
        trouble == "init_db.py failed: FileNotFoundError: [Errno 2] No such file or directory: 'init_db.py'"
    )


def command_of(pid: int) -> bytes:
    """Empty where a process has ended, also where nobody has asked yet how."""
    with contextlib.suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""
