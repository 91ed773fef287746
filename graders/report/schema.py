"""The report: a documented, public format. Its JSON Schema is docs/report.schema.json."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from graders.model import Kind, Outcome, Verdict

SCHEMA: Literal["debugkit/report/v1"] = "debugkit/report/v1"

Fraction = Annotated[float, Field(ge=0, le=1)]
Points = Annotated[float, Field(ge=0, le=1000)]
Worth = Annotated[int, Field(ge=0, le=1000)]
"""Points of a bug, or the weight of a check."""
Milliseconds = Annotated[float, Field(ge=1e-6, le=1e9)]


class Part(BaseModel):
    """Part of a report; never changed once it is made."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Kit(Part):
    """Which kit graded by which rules, and a digest of the exercise it holds."""

    version: str
    exercise: str
    rules: PositiveInt = Field(default=1, description="version of what is checked and how it is scored")


class Submission(Part):
    """What was graded. `boots` is false where it does not even start; then `note` says why."""

    name: str
    sha256: str
    changed: list[str] = Field(description="files that differ from the broken exercise")
    boots: bool
    note: str = ""
    packages: list[str] = Field(default=[], description="installed for this grade alone")
    diff: str = Field(default="", description="unified diff from what was handed out, cut where it is long")


class Machine(Part):
    """Where it was graded. `noise` is the spread of the reference's own times, as a part of their median."""

    cpus: int
    python: str
    platform: str
    isolation: str
    noise: float | None
    versions: dict[str, str] = Field(default={}, description="of what a service runs with, by package")


class Speed(Part):
    """How much of the possible speed-up was won, with a 95 % interval; times are medians."""

    share: Fraction
    low: Fraction
    high: Fraction
    ratio: float = Field(ge=0, description="submission's time over the reference's")
    submission_ms: Milliseconds
    reference_ms: Milliseconds
    target_ms: Milliseconds = Field(description="up to which the whole share is won")
    baseline_ms: Milliseconds
    pairs: int
    work: str = Field(default="", description="what was timed")
    noise: float | None = Field(default=None, description="spread of the reference's times")
    samples: list[tuple[Milliseconds, Milliseconds]] = Field(
        default=[], description="submission and reference in ms, pair by pair"
    )


class Check(Part):
    """One observation. `line` is what it promises; the rest is said where it did not pass."""

    id: str
    kind: Kind
    weight: Worth
    outcome: Outcome
    line: str
    reason: str = ""
    asked: str = Field(default="", description="the request, or what was done")
    expected: str = ""
    actual: str = ""
    help: str = ""


class Mistake(Part):
    """A known wrong fix that fails the same checks."""

    name: str
    reason: str


class Statement(Part):
    """One SQL statement, sent so long after the request."""

    sql: str
    start_ms: float


class Trace(Part):
    """The statements of one request, the first ones where they are many."""

    request: str
    ms: float
    total: int = Field(description="statements, also those that are left out below")
    statements: list[Statement]
    status: int | None = Field(default=None, description="of the answer")


class BugReport(Part):
    """What became of one bug. `speed` is null where time was not taken.

    `score_low` and `score_high` differ where something could not be told; `note` then says what to do.
    """

    slug: str
    title: str
    points: Worth
    score: Points
    score_low: Points | None = None
    score_high: Points | None = None
    verdict: Verdict
    note: str = ""
    correctness: Fraction
    speed: Speed | None
    checks: list[Check]
    mistakes: list[Mistake] = Field(default=[], description="known wrong fixes that fail the same checks")
    evidence: dict[str, int | float | bool | str]
    before: Trace | None = Field(default=None, description="one request to the exercise as it was handed out")
    after: Trace | None = Field(default=None, description="the same request to the submission")


class Regraded(Part):
    """What a report was before it was scored again; the grade itself stays at `started_at`."""

    at: str = Field(description="UTC, ISO 8601")
    kit: Kit
    score: Points
    verdict: Verdict
    observed_anew: list[str] = Field(default=[], description="bugs whose services were run again")
    as_it_was: list[str] = Field(default=[], description="bugs that today's rules could not score")


class Report(Part):
    """One grade of one submission."""

    schema_: Literal["debugkit/report/v1"] = Field(default=SCHEMA, alias="schema")
    kit: Kit
    submission: Submission
    machine: Machine
    seed: int
    started_at: str = Field(description="UTC, ISO 8601")
    seconds: float
    score: Points
    score_low: Points | None = None
    score_high: Points | None = None
    points: Worth
    verdict: Verdict
    bugs: list[BugReport]
    regraded: Regraded | None = None

    def as_json(self) -> str:
        """The documented form."""
        return self.model_dump_json(by_alias=True, indent=2)
