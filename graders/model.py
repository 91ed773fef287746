"""The values that travel through a grade, richer at each stage; no input, no output."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

SLUGS = ("n-plus-one", "unstable-cache", "zero-pool", "missing-model")
"""The bugs in the order in which they are graded; also the order in which a variant's patches are applied."""

RULES = 2
"""Version of what is checked and how it is scored; raised with every change that can change a grade."""

PRESENTATIONS = ("honest", "blind")
"""How a variant may be presented: `honest` sets no traps at the start, `blind` names no bug in its test."""


class Kind(enum.StrEnum):
    """What a check asks: whether the bug is gone, or whether the rest still works."""

    NOW_RIGHT = "fail_to_pass"
    STILL_RIGHT = "pass_to_pass"


class Outcome(enum.StrEnum):
    """What a check saw. UNKNOWN means that it could not tell, which costs nothing."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Verdict(enum.StrEnum):
    """What became of one bug."""

    FIXED = "fixed"
    PARTLY_FIXED = "partly_fixed"
    NOT_FIXED = "not_fixed"
    REGRESSED = "regressed"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True)
class Limits:
    """How long a submission may take, in seconds, so that a grade ends whatever it does."""

    boot: float = 20.0
    """To make its database, and again to answer its first request."""
    answer: float = 10.0
    """To answer one request: ten times what the exercise promises, five times its slowest route."""
    trial: float = 90.0
    """For all requests together; after that every further one fails."""
    bug: float = 25.0
    """For the checks of one bug at least, whatever the others took."""
    restarts: int = 4
    """How often a service that stopped answering is booted again: once a bug, so that one sinks no other."""


@dataclass(frozen=True)
class Budget:
    """What fast enough means, in multiples of the reference's time.

    Up to `allowance` the whole share is won; at `baseline`, how slow it is broken, none.
    """

    allowance: float
    baseline: float


@dataclass(frozen=True)
class Bug:
    """One planted flaw, as everybody but its checks knows it.

    `budget` is None where time is not graded; `work` says what is timed, such as "32 reports at once".
    """

    slug: str
    title: str
    symptom: str
    points: int
    budget: Budget | None = None
    work: str = ""


NOTHING_YET = "nothing to judge yet"
NOT_TRIED = "not tried, since another check failed"
NOT_STARTED = "the service does not start"
"""Reasons that only repeat what another finding says; a short report leaves them out."""


@dataclass(frozen=True)
class Finding:
    """One check's outcome, in words for the candidate."""

    id: str
    kind: Kind
    weight: int
    line: str
    outcome: Outcome
    reason: str = ""
    asked: str = ""
    expected: str = ""
    actual: str = ""
    help: str = ""


class Pair(NamedTuple):
    """Submission and reference doing the same work one after the other, in seconds."""

    submission: float
    reference: float


Evidence = Mapping[str, int | float | bool | str]


class Statement(NamedTuple):
    """One SQL statement, and how long after its request it was sent."""

    sql: str
    start_seconds: float


@dataclass(frozen=True)
class Trace:
    """What one request sent to the database: how many statements, and the first of them.

    `status` is the answer's; None in what a report saved that did not hold it yet.
    """

    request: str
    seconds: float
    total: int
    statements: tuple[Statement, ...]
    status: int | None = None


@dataclass(frozen=True)
class Observation:
    """All that was seen of one bug in one submission."""

    bug: Bug
    findings: tuple[Finding, ...]
    pairs: tuple[Pair, ...]
    evidence: Evidence
    before: Trace | None = None
    after: Trace | None = None


@dataclass(frozen=True)
class Speed:
    """Medians in seconds, and the share of the possible speed-up with its 95 % interval."""

    share: float
    share_low: float
    share_high: float
    ratio: float
    submission_seconds: float
    reference_seconds: float
    target_seconds: float
    baseline_seconds: float
    pairs: int
    noise: float
    noisy: bool
    """Whether the spread of the reference's times alone leaves the share less than tight."""


@dataclass(frozen=True)
class Grade:
    """What one bug is worth to this submission."""

    observation: Observation
    verdict: Verdict
    correctness: float
    speed: Speed | None
    score: float
    score_low: float
    score_high: float
