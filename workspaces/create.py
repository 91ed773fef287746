"""A new workspace, which appears whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from graders import submission, variant
from graders.errors import UsageError
from graders.patch import Files
from graders.scratch import scratch
from workspaces import known, places, started
from workspaces.known import Variant
from workspaces.workspace import Setting, opened


def create(folder: Path, begun: Variant, setting: Setting) -> None:
    """Make a workspace that appears whole or not at all. Raises UsageError where one cannot be."""
    places.expect_room(folder)
    files = known.files(setting.tree, begun)
    if folder.is_dir():  # somebody may stand in it
        with opened(folder, setting) as place:
            place.swap(submission.encoded(files), [], None)
    else:
        _make(folder.resolve(), files)
    started.note(folder, begun, setting.state)


def _make(target: Path, files: Files) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with scratch(target.parent, ".kit-") as made:
            variant.write(files, made)
            made.chmod(0o777 & ~_umask())
            made.rename(target)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            raise UsageError(f"{target} was made by somebody else just now: name another folder.") from error
        raise


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
