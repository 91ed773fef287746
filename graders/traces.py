"""What one request of each bug sends to the database: the submission's, and the exercise as handed out."""

from __future__ import annotations

from collections.abc import Sequence

from graders.checks import Probe
from graders.client import Unanswered
from graders.errors import KitError
from graders.failure import Failure
from graders.model import Limits, Trace
from graders.pair import alone
from graders.patch import Files
from graders.trial import Trial


def after(trial: Trial, probe: Probe) -> Trace | None:
    """Of the submission; None where there is no such request, or no answer to it."""
    if probe.traced is None:
        return None
    try:
        return trial.trace(probe.traced(trial))
    except Failure:
        return None


def before(trial: Trial, probes: Sequence[Probe], exercise: Files, limits: Limits) -> dict[str, Trace]:
    """Of the exercise as handed out, by slug; boots it, so ask when all else is done.

    Each request is asked twice, and the second is kept: the submission is warm by the time it is traced, too.
    No grade fails for want of a picture: where the exercise does not answer, its trace is left out.
    """
    found: dict[str, Trace] = {}
    try:
        with alone(exercise, exercise, trial.data, limits) as service:
            for probe in probes:
                if probe.traced:
                    request = probe.traced(trial)
                    service.ask(request, limits.answer)
                    found[probe.bug.slug] = service.trace(request, limits.answer)
    except (KitError, Unanswered):
        pass
    return found
