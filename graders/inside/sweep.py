"""Remove a folder once the grader is gone, however it went: `sweep.py FOLDER`, ends with its standard input.

For a grader that was killed: one that ends in order would remove it itself. Standard library only.
"""

from __future__ import annotations

import os
import shutil
import sys
import time

TRIES = 20
PAUSE_SECONDS = 0.1


def main(folder: str) -> None:
    os.read(0, 1)
    for _ in range(TRIES):  # what the grader started is being killed at the same time, and may still write
        shutil.rmtree(folder, ignore_errors=True)
        if not os.path.lexists(folder):
            return
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    main(sys.argv[1])
