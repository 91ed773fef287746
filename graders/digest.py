"""One number for a small source tree."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping


def digest(files: Mapping[str, bytes]) -> str:
    """A sha256 over paths and contents, the same wherever the files lie and in whatever order they come."""
    hasher = hashlib.sha256()
    for path in sorted(files):
        for part in (path.encode("utf-8", "surrogateescape"), files[path]):
            hasher.update(len(part).to_bytes(8, "big") + part)
    return hasher.hexdigest()
