"""`kit`: puts the kit's own tree first on the import path, then runs cli.py."""

import io
import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

HERE = Path(__file__).parent
TREE = HERE if (HERE / "cli.py").is_file() else HERE.parent  # a wheel, else a checkout
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _leave(number: int, frame: object) -> NoReturn:
    """At once: while modules are imported, nothing is made yet, and an exception could come to nothing."""
    os._exit(128 + number)


def main() -> None:
    """The console script."""
    for one in ENDING:
        if signal.getsignal(one) is not signal.SIG_IGN:  # nohup
            signal.signal(one, _leave)
    for number in range(3):  # else the first file opened becomes what is printed to
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    sys.path.insert(0, str(TREE))
    import cli

    cli.main()
