"""The report: a documented, public format. Its JSON Schema is docs/report.schema.json."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from graders.model import Kind, Outcome, Verdict

SCHEMA: Literal["debugkit/report/v1"] = "debugkit/report/v1"


class Part(BaseModel):
    """Part of a report; never changed once it is made."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Kit(Part):
    """Which kit graded, and a digest of the exercise it holds."""

    version: str
    exercise: str


class Submission(Part):
    """What was graded. `boots` is false where it does not even start; then `note` says why."""

    name: str
    sha256: str
    changed: list[str] = Field(description="files that differ from the broken exercise")
    boots: bool
    note: str = ""
    packages: list[str] = Field(default=[], description="installed for this grade alone")


class Machine(Part):
    """Where it was graded. `noise` is the spread of the reference's own times, as a part of their median."""

    cpus: int
    python: str
    platform: str
    isolation: str
    noise: float | None


class Speed(Part):
    """How much of the possible speed-up was won, with a 95 % interval; times are medians."""

    share: float
    low: float
    high: float
    ratio: float = Field(description="submission's time over the reference's")
    submission_ms: float
    reference_ms: float
    target_ms: float = Field(description="up to which the whole share is won")
    baseline_ms: float
    pairs: int


class Check(Part):
    """One observation. `line` is what it promises; the rest is said where it did not pass."""

    id: str
    kind: Kind
    weight: int
    outcome: Outcome
    line: str
    reason: str = ""
    expected: str = ""
    actual: str = ""
    help: str = ""


class BugReport(Part):
    """What became of one bug. `speed` is null where time was not taken."""

    slug: str
    title: str
    points: int
    score: float
    verdict: Verdict
    correctness: float
    speed: Speed | None
    checks: list[Check]
    evidence: dict[str, int | float | bool | str]


class Report(Part):
    """One grade of one submission."""

    schema_: Literal["debugkit/report/v1"] = Field(default=SCHEMA, alias="schema")
    kit: Kit
    submission: Submission
    machine: Machine
    seed: int
    started_at: str = Field(description="UTC, ISO 8601")
    seconds: float
    score: float
    points: int
    verdict: Verdict
    bugs: list[BugReport]

    def as_json(self) -> str:
        """The documented form."""
        return self.model_dump_json(by_alias=True, indent=2)
