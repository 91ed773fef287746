"""`kit`: puts the kit's own tree first on the import path, then runs cli.py."""

import os
import signal


def _leave(number: int, frame: object) -> None:
    """At once: while modules are imported, nothing is made yet, and an exception could come to nothing."""
    os._exit(128 + number)


for _one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # before anything else is imported
    if signal.getsignal(_one) in (signal.SIG_DFL, signal.default_int_handler):  # not under nohup
        signal.signal(_one, _leave)

import io  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

HERE = Path(__file__).parent
TREE = HERE if (HERE / "cli.py").is_file() else HERE.parent  # a wheel, else a checkout


def main() -> None:
    """The console script."""
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
