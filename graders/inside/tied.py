"""Run `kit` as part of another kit: `tied.py ARGUMENTS...`, ends when its standard input does."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

PATIENCE_SECONDS = 5.0
TREE = Path(__file__).resolve().parents[2]


def end_with_input() -> None:
    """Leave in order once the other kit is gone, however it went; at once where that takes too long."""
    os.read(0, 1)
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
    threading.Event().wait(PATIENCE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=end_with_input, daemon=True).start()
    # In a checkout the package lies in the tree, in a wheel the tree is the package.
    sys.path.append(str(TREE if (TREE / "debugkit").is_dir() else TREE.parent))
    from debugkit import main

    main()
