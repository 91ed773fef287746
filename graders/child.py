"""One grade in a process of its own, which can be ended at any time."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence

from graders.process import signals_held
from graders.report.clean import clean
from graders.report.schema import Report

PATIENCE_SECONDS = 3.0
"""For the process to clean up after it was asked to end."""


class Child:
    """A running command that prints a report as JSON; `tell` is called from another thread when it ended.

    Its standard input is a pipe that closes when this process ends, however it does: then it must end too.
    """

    def __init__(self, command: Sequence[str], tell: Callable[[Child], None]) -> None:
        self._said = tempfile.TemporaryFile()
        self._output = b""
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            start_new_session=True,  # Ctrl-C reaches this process alone, which ends it in order
        )
        self._thread = threading.Thread(target=self._read, args=(tell,), daemon=True)
        with signals_held():
            self._thread.start()

    def _read(self, tell: Callable[[Child], None]) -> None:
        assert self._process.stdout
        self._output = self._process.stdout.read()
        self._process.wait()
        tell(self)

    def outcome(self) -> Report | str:
        """What an ended one printed: a report, else why there is none, in a sentence."""
        try:
            return Report.model_validate_json(self._output)
        except ValueError:
            self._said.seek(0)
            lines = self._said.read().decode("utf-8", "replace").strip().splitlines()
            code = self._process.returncode
            said = lines[-1].removeprefix("kit: ") if lines else f"the grade ended with exit code {code}"
            return clean(said)

    def end(self) -> None:
        """End it, where it still runs, with time to clean up; nothing of it is left."""
        self._signal(signal.SIGTERM)
        self._thread.join(PATIENCE_SECONDS)
        self._signal(signal.SIGKILL)
        self._thread.join()
        for stream in (self._process.stdin, self._process.stdout, self._said):
            if stream:
                stream.close()

    def _signal(self, number: signal.Signals) -> None:
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)
