"""Routes that must answer while another one is busy."""

from __future__ import annotations

from collections.abc import Iterable

from graders.client import Request
from graders.trial import Trial

HEALTH = Request("/health")
LIST = Request("/products?limit=10")


def answering(trial: Trial) -> list[Request]:
    """Those that answer at all: where the list is down anyway, it does not wait for anything."""
    return [HEALTH, LIST] if trial.status(LIST) == 200 else [HEALTH]


def named(requests: Iterable[Request]) -> str:
    """For a person to read."""
    return " and ".join("the list" if request is LIST else request.path for request in requests)
