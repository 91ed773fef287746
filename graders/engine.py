"""The conductor: boots the pair, has every check run and the pairs timed, hands on what was seen."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from graders import outcomes, score, speed, traces
from graders.checks import Check, Probe, Timed, still_right
from graders.client import Unanswered
from graders.errors import ReferenceFailed
from graders.failure import Failure, Unknown
from graders.model import (
    NOT_STARTED,
    NOT_TRIED,
    NOTHING_YET,
    Budget,
    Evidence,
    Finding,
    Kind,
    Observation,
    Outcome,
    Pair,
)
from graders.trial import Trial

TIMED = still_right("timed", "answers are right while they are timed", lambda trial: None)
"""Stands for what the timing sees on the way; it is no check of any one bug."""
LATE_SECONDS = 0.5
"""A check that asked to be called again is started anew when it was called so much too late."""
RESTARTS = 3
"""So often; then it goes on all the same. None fails what is right for being called late."""

Progress = Callable[[str], None]


@dataclass
class _Examination:
    """One bug while it is looked at."""

    probe: Probe
    findings: dict[str, Finding] = field(default_factory=dict)
    pairs: list[Pair] = field(default_factory=list)
    evidence: Evidence = field(default_factory=dict)

    def passed(self, check_id: str) -> bool:
        return self.findings[check_id].outcome is Outcome.PASSED

    def worth_timing(self) -> bool:
        """No time is taken of what is not right, nor of what is lost anyway."""
        seen = self.findings.values()
        return bool(score.correctness(seen)) and not score.broke_something(seen)


@dataclass
class _Waiting:
    """A check that is to be called again at `due`, on the monotonic clock."""

    examination: _Examination
    check: Check
    steps: Iterator[float]
    due: float
    starts: int


def observe(
    trial: Trial, probes: Sequence[Probe], seed: int, progress: Progress, patience: int = 1
) -> list[Observation]:
    """All checks, then the pairs of those bugs where something is right; waits overlap with other work.

    `patience` is how many times as long a noisy machine is put up with.
    """
    return _Conductor(trial, seed, progress, patience).run([_Examination(probe) for probe in probes])


def unbooted(probes: Sequence[Probe], trouble: str) -> list[Observation]:
    """What there is to say of a service that does not start."""
    return [
        Observation(
            probe.bug, tuple(outcomes.untried(check, NOT_STARTED, trouble) for check in probe.checks), (), {}
        )
        for probe in probes
    ]


class _Conductor:
    def __init__(self, trial: Trial, seed: int, progress: Progress, patience: int) -> None:
        self.trial = trial
        self.seed = seed
        self.patience = patience
        self.progress = progress
        self.waiting: list[_Waiting] = []
        self.anew: list[_Waiting] = []
        self.late: Counter[str] = Counter()

    def run(self, examinations: list[_Examination]) -> list[Observation]:
        self.trial.grant(self.trial.limits.trial)  # whatever the boot took
        for examination in sorted(examinations, key=lambda one: not one.probe.waits):
            self.progress(f"{examination.probe.bug.slug}: checks")
            self.trial.grant(self.trial.limits.bug)
            self._check(examination)
        for examination in examinations:
            self._time(examination)
        self.trial.grant(self.trial.limits.bug)
        self._finish()
        return [self._observation(examination) for examination in examinations]

    def _observation(self, examination: _Examination) -> Observation:
        checks = (*examination.probe.checks, TIMED)
        findings = [examination.findings[check.id] for check in checks if check.id in examination.findings]
        if not score.correctness(findings):
            findings = [outcomes.silenced(finding) for finding in findings]
        elif not examination.evidence:
            examination.evidence = self._evidence(examination.probe)
        return Observation(
            examination.probe.bug,
            tuple(findings),
            tuple(examination.pairs),
            examination.evidence,
            after=traces.after(self.trial, examination.probe),
        )

    def _evidence(self, probe: Probe) -> Evidence:
        try:
            return probe.evidence(self.trial)
        except (Failure, Unknown, *outcomes.MISSHAPEN):
            return {}

    def _check(self, examination: _Examination) -> None:
        now_right = [c for c in examination.probe.checks if c.kind is Kind.NOW_RIGHT]
        for check in examination.probe.checks:
            self._resume()
            if check.needs and check.needs not in examination.findings:
                self._finish()
            hopeless = check.kind is Kind.STILL_RIGHT and not any(
                c.id not in examination.findings or examination.passed(c.id) for c in now_right
            )
            if hopeless or (check.needs and not examination.passed(check.needs)):
                reason = NOTHING_YET if hopeless else f"{NOT_TRIED}: {check.needs}"
                examination.findings[check.id] = outcomes.untried(check, reason)
            else:
                self._start(examination, check)

    def _start(self, examination: _Examination, check: Check) -> None:
        self._advance(examination, check, outcomes.steps(check, self.trial))

    def _advance(self, examination: _Examination, check: Check, steps: Iterator[float]) -> None:
        """Run a check to its next wait, or to its end."""
        try:
            seconds = next(steps)
        except StopIteration:
            examination.findings[check.id] = outcomes.finding(check, None)
        except (Failure, Unknown) as outcome:
            examination.findings[check.id] = outcomes.finding(check, outcome)
        except Unanswered as error:  # those of the submission are Failures
            raise ReferenceFailed(f"The fixed exercise stopped answering ({error}): grade again.") from error
        except outcomes.MISSHAPEN as error:
            examination.findings[check.id] = outcomes.finding(
                check, outcomes.misshapen(error, self.trial.asked)
            )
        else:
            due, starts = time.monotonic() + seconds, self.trial.submission.starts
            self.waiting.append(_Waiting(examination, check, steps, due, starts))

    def _resume(self) -> None:
        """Call again what is due; what is too late, or met a restart of the service, is tried anew later."""
        for one in list(self.waiting):
            late = time.monotonic() - one.due
            if late < 0:
                continue
            self.waiting.remove(one)
            if self._spoilt(one, late):
                self.anew.append(one)
            else:
                self._advance(one.examination, one.check, one.steps)

    def _spoilt(self, one: _Waiting, late: float) -> bool:
        """Whether a check must begin anew: the service was booted again, or it is called too late."""
        if self.trial.submission.starts != one.starts:
            return True
        name = f"{one.examination.probe.bug.slug}:{one.check.id}"
        self.late[name] += late > LATE_SECONDS
        return late > LATE_SECONDS and self.late[name] <= RESTARTS

    def _finish(self) -> None:
        """Wait for every check that is not done, with nothing else in between."""
        while self.waiting or self.anew:
            if not self.waiting:
                one = self.anew.pop()
                self.trial.grant(self.trial.limits.bug)
                self._start(one.examination, one.check)
            elif (seconds := min(one.due for one in self.waiting) - time.monotonic()) > 0:
                time.sleep(seconds)
            self._resume()

    def _time(self, examination: _Examination) -> None:
        """Rounds of pairs until they are enough; a wrong answer ends it."""
        bug, timed = examination.probe.bug, examination.probe.timed
        if timed is None or bug.budget is None or not examination.worth_timing():
            return
        self.progress(f"{bug.slug}: timing")
        try:
            self._take_pairs(examination.pairs, timed, bug.budget)
        except Failure as failure:
            examination.pairs.clear()  # no share for what is wrong
            if score.correctness(examination.findings.values()) == 1:  # else it is told already
                examination.findings[TIMED.id] = outcomes.finding(TIMED, failure)
        else:
            examination.findings[TIMED.id] = outcomes.finding(TIMED, None)

    def _take_pairs(self, pairs: list[Pair], timed: Timed, budget: Budget) -> None:
        """Whatever the checks took, there is time for this."""
        limit, start = self.patience * speed.NOISY_SECONDS, time.monotonic()
        self.trial.grant(limit + 2 * speed.ROUND * self.trial.limits.answer)
        while True:
            self._resume()
            pairs.append(self._pair(timed, len(pairs)))
            took = time.monotonic() - start
            due = len(pairs) % speed.ROUND == 0 or took >= limit
            if due and speed.enough(speed.speed(pairs, budget, self.seed), took, self.patience):
                return

    def _pair(self, timed: Timed, nth: int) -> Pair:
        """One sample each, the other one first every other time."""
        if nth % 2:
            reference = self._of_reference(timed)
            return Pair(self._of_submission(timed), reference)
        submission = self._of_submission(timed)
        return Pair(submission, self._of_reference(timed))

    def _of_reference(self, timed: Timed) -> float:
        try:
            answers = timed.ask(self.trial, self.trial.reference)
        except Unanswered as error:
            raise ReferenceFailed(f"The fixed exercise stopped answering ({error}): grade again.") from error
        return max(answer.seconds for answer in answers)

    def _of_submission(self, timed: Timed) -> float:
        """Seconds. Raises Failure where an answer is missing or wrong: failing fast is not fast."""
        answers = self.trial.timed(timed.ask)
        try:
            timed.expect_right(self.trial, answers)
        except outcomes.MISSHAPEN as error:
            raise outcomes.misshapen(error, self.trial.asked) from error
        return max(answer.seconds for answer in answers)
