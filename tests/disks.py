"""Small disks of their own, as an ordinary user too: one that is full, one that cannot be written."""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

APART = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
INSIDE = ["nsenter", "-m"] if os.geteuid() == 0 else ["nsenter", "-U", "-m", "--preserve-credentials"]
MEGABYTE = 1 << 20
PAGE = 4096


class Disk:
    """A disk, mounted at `folder` only for what runs with `prefix`; from here it is seen at `here`."""

    def __init__(self, folder: Path, holder: int | None) -> None:
        self.folder = folder
        self.prefix = [*INSIDE, "-t", str(holder)] if holder else []
        self.here = Path(f"/proc/{holder}/root{folder}") if holder else folder

    def lock(self) -> None:
        """Let nothing be written any more."""
        if self.prefix:
            subprocess.run([*self.prefix, "mount", "-o", "remount,bind,ro", str(self.folder)], check=True)
        else:
            self._chmod(0o555, 0o444)

    def unlock(self) -> None:
        """So that a folder without a disk of its own can be removed."""
        if not self.prefix:
            self._chmod(0o755, 0o644)

    def _chmod(self, folders: int, files: int) -> None:
        for path in (self.folder, *self.folder.rglob("*")):
            if not path.is_symlink():
                path.chmod(folders if path.is_dir() else files)

    def fill(self, left: int = 0) -> None:
        """Leave so many bytes free, in whole pages."""
        if not self.prefix:
            pytest.skip("no disks can be mounted here")
        ballast = self.here / "ballast"
        ballast.unlink(missing_ok=True)
        free = os.statvfs(self.here)
        with open(ballast, "wb", buffering=0) as file:
            try:
                file.write(bytes(free.f_bavail * free.f_frsize - left))
            except OSError as error:  # somebody else took some of it meanwhile
                if error.errno != errno.ENOSPC:
                    raise


@contextlib.contextmanager
def mounted(folder: Path, size: int = MEGABYTE) -> Iterator[Disk]:
    """An empty disk; where none can be mounted, a folder whose permission bits do, or the test is skipped."""
    folder.mkdir()
    mount = 'mount -t tmpfs -o size="$1" none "$2" && echo ready && exec cat'
    command = [*APART, "sh", "-c", mount, "sh", str(size), str(folder)]
    with contextlib.ExitStack() as stack:
        disk = Disk(folder, _holder(stack, command))
        if not disk.prefix and os.geteuid() == 0:
            pytest.skip("no disks can be mounted here, and permissions do not bind root")
        stack.callback(disk.unlock)
        yield disk


def _holder(stack: contextlib.ExitStack, command: list[str]) -> int | None:
    """The process that keeps a disk, until the stack is left; None where there can be none."""
    try:
        holder = stack.enter_context(
            subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        )
    except FileNotFoundError:
        return None
    assert holder.stdout
    return holder.pid if holder.stdout.readline() else None
