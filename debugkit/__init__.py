"""`kit`: puts the kit's own tree first on the import path, then runs cli.py."""

import os
import signal


def _leave(number: int, frame: object) -> None:
    """At once: while modules are imported, nothing is made yet, and an exception could come to nothing."""
    os._exit(128 + number)


for _one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # before anything else is imported
    if signal.getsignal(_one) in (signal.SIG_DFL, signal.default_int_handler):  # not under nohup
        signal.signal(_one, _leave)


def main() -> None:
    """The console script."""
    import io
    import sys
    from pathlib import Path

    here = Path(__file__).parent
    tree = here if (here / "cli.py").is_file() else here.parent  # a wheel, else a checkout
    for number in range(3):  # else the first file opened becomes what is printed to
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    sys.path.insert(0, str(tree))
    import cli

    cli.main()
