"""`kit`: puts the kit's own tree first on the import path, then runs cli.py."""

import io
import os
import sys
from pathlib import Path

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
    from cli import app

    app()
