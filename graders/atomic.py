"""Files that hold the old content or the new one, never a part."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write(target: Path, content: bytes) -> None:
    """Replace a file, or make it in a folder that is there. Raises OSError, and then nothing has changed."""
    handle, name = tempfile.mkstemp(prefix=".kit-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, target.stat().st_mode & 0o777 if target.exists() else 0o644)
        os.replace(name, target)
    finally:
        Path(name).unlink(missing_ok=True)
