"""Runs `kit` and sends it a signal on the way: `struck.py SIGNAL WHAT MOMENT COUNT [WORD...]`.

What happens on the way are audit events: WHAT is `all` of them, or `changes`, which are files written,
renamed or removed, and processes started, or the name of one kind. MOMENT is one of these, from 1 on.
How many there were is written to the file COUNT when the kit comes to its end.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import debugkit

CHANGES = {
    "os.rename",
    "os.mkdir",
    "os.remove",
    "os.rmdir",
    "os.link",
    "os.symlink",
    "os.chmod",
    "subprocess.Popen",
}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Strike:
    """An audit hook that counts, and strikes once."""

    def __init__(self, number: int, what: str, moment: int) -> None:
        self.number, self.what, self.moment, self.count = number, what, moment, 0

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.what in ("all", event) or (self.what == "changes" and changes(event, arguments)):
            self.count += 1
            if self.count == self.moment:
                os.kill(os.getpid(), self.number)


def changes(event: str, arguments: tuple[Any, ...]) -> bool:
    """Whether something is different after an event. Compiled modules count for nothing."""
    if event == "open" and not (isinstance(arguments[0], str) and arguments[2] & WRITING):
        return False
    return event in {"open", *CHANGES} and "__pycache__" not in str(arguments[0])


def main() -> None:
    strike = Strike(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
    count = Path(sys.argv[4])
    sys.argv[1:] = sys.argv[5:]
    sys.addaudithook(strike)
    try:
        debugkit.main()
    finally:
        found, strike.moment = strike.count, 0
        count.write_text(str(found))


if __name__ == "__main__":
    main()
