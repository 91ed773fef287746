"""What a cache of analytics must keep for two seconds, and then forget."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from graders.bugs.analytics import (
    AGREE,
    FIGURES,
    GRACE_SECONDS,
    HIT,
    TTL_SECONDS,
    analytics,
    expect_figures,
)
from graders.client import Request
from graders.failure import Failure, Unknown, after
from graders.trial import Trial

T = TypeVar("T")

APART_SECONDS, WAITS = 0.35, 3
HITS = 4
UNSEEN = 3
"""Which of the spare products is one that nobody ever viewed."""

NEVER_TWICE = "A window that opens at the microsecond is never the same twice: floor it to the TTL."
KEPT = "For two seconds an answer stays what it is, whatever is recorded meanwhile."
OLD_FIGURES = "The window that is stated has moved on, the figures have not: they belong to an older one."
STALE = "An answer older than two seconds: drop each entry when its time has come."


class _Asked(NamedTuple, Generic[T]):
    """What one request brought, and when it was sent and was answered, in seconds."""

    sent: float
    brought: T
    answered: float


def _timed(ask: Callable[[str], T], path: str) -> _Asked[T]:
    sent = time.monotonic()
    return _Asked(sent, ask(path), time.monotonic())


def answers_agree(trial: Trial) -> Iterator[float]:
    """Several answers in a short time, views of the product stored between them."""
    path = analytics(trial, AGREE)
    trial.get(path)
    asked = [one for [one] in _within_ttl(trial, [path], trial.record, 6)]
    for _ in range(WAITS):
        yield APART_SECONDS
        trial.add_view(trial.data.popular[AGREE])
        asked.append(_timed(trial.record, path))
    bodies = [one.brought for one in asked]
    changed = [one != other for one, other in itertools.pairwise(bodies)]
    if _ended_early(asked, changed):
        same_window = bodies[0].get("window_start") == bodies[1].get("window_start")
        raise Failure(
            f"the answer changed {sum(changed)} times",
            asked=f"GET {path}, {len(bodies)} times within two seconds, with views stored between the last",
            expected="the same answer for two seconds, so one change at most",
            actual=_changing(bodies),
            help=KEPT if same_window else NEVER_TWICE,
        )


def _ended_early(asked: Sequence[_Asked[Any]], ended: Sequence[bool]) -> bool:
    """Whether an answer and the next one ended, both within the TTL; `ended[n]`: answer n + 1 is another."""
    ends = [nth for nth, has in enumerate(ended) if has]
    return any(
        asked[later + 1].answered - asked[earlier].sent < TTL_SECONDS
        for earlier, later in itertools.pairwise(ends)
    )


def _changing(bodies: list[dict[str, Any]]) -> str:
    """What the answers state, of the first field that does not stay."""
    pairs = itertools.pairwise(bodies)
    field = next((key for one, other in pairs for key in one if one[key] != other.get(key)), "window_start")
    return f"{field} {', '.join(str(body.get(field)) for body in bodies[:3])}, ..."


def hits_recompute_nothing(trial: Trial) -> Iterator[float]:
    """Two products in turn, one without views: after its first answer, hardly one more looks at the views.

    One may, where the TTL ran out before it. Views of other products are stored meanwhile.
    """

    def views(path: str) -> int:
        return trial.statements(path).views

    paths = [analytics(trial, HIT), f"/products/{trial.data.spare[UNSEEN]}/analytics"]
    turns = [[_timed(views, path) for path in paths], *_within_ttl(trial, paths, views, 3)]
    for _ in range(WAITS):
        yield APART_SECONDS
        trial.add_view(trial.unasked())
        turns.append([_timed(views, path) for path in paths])
    for path, asked in zip(paths, zip(*turns, strict=True), strict=True):
        counts = [one.brought for one in asked[1:]]
        if _ended_early(asked, [count > 0 for count in counts]):
            raise Failure(
                f"{sum(count > 0 for count in counts)} of {len(counts)} answers counted the views again",
                asked=f"GET {path}, then {len(counts)} times more within two seconds",
                expected="none on product_views, or once, where two seconds end",
                actual=f"{', '.join(map(str, counts))} statements",
                help="Nothing is found in the cache: is the key ever asked for twice?",
            )


def _within_ttl(
    trial: Trial, paths: list[str], ask: Callable[[str], T], rounds: int
) -> list[list[_Asked[T]]]:
    """What was asked of each path in turn, round by round, all of it within the TTL.

    Raises Failure where the submission takes longer, Unknown where the reference does too.
    """
    for _ in range(3):
        start, got = time.monotonic(), []
        for path in paths * rounds:
            got.append(_timed(ask, path))
            took = got[-1].answered - start
            if took >= TTL_SECONDS:
                break
        else:
            return [got[first : first + len(paths)] for first in range(0, len(got), len(paths))]
        for path in (paths * rounds)[: len(got)]:
            trial.reference.ask(Request(path), trial.limits.answer)
        if time.monotonic() - start - took < TTL_SECONDS / 2:
            raise Failure(
                "answers from the cache take their time",
                asked=f"GET {' and '.join(paths)}, {len(got)} times in turn",
                expected="an answer at once",
                actual=f"{took:.1f} s for {len(got)} answers",
                help="Is something waited for, or counted again, though the answer is there?",
            )
    raise Unknown("the machine was too slow to ask a few times within two seconds")


def figures_are_right(trial: Trial) -> Iterator[float]:
    """On a miss, and on hits until the TTL is nearly over, for the window that each answer states.

    Several hits: whenever an answer that was kept before ends in between, some of them are of an old one.
    """
    path, product_id = analytics(trial, FIGURES), trial.data.popular[FIGURES]
    for _ in range(2):
        first = trial.record(path)
        expect_figures(trial, product_id, first)
    for nth in range(1, HITS + 1):
        yield (TTL_SECONDS - GRACE_SECONDS) / HITS
        body = trial.record(path)
        moved = body.get("window_start") != first.get("window_start") and body.get("views") == first.get(
            "views"
        )
        with after(f"the same twice, {nth * (TTL_SECONDS - GRACE_SECONDS) / HITS:.1f} s waited"):
            expect_figures(trial, product_id, body, OLD_FIGURES if moved else "")


def answers_are_fresh(trial: Trial) -> Iterator[float]:
    """A view stored while an answer is cached is counted once the TTL has passed.

    However often one asks of one product, and also where nobody asked of the other one meanwhile.
    """
    asked, alone = trial.unasked(), trial.unasked()  # of others an older answer may be about to end
    before = {product_id: trial.record(_path(product_id)) for product_id in (asked, alone)}
    for product_id in before:
        trial.add_view(product_id)
    for _ in range(3):
        yield (TTL_SECONDS + GRACE_SECONDS) / 3
        body = trial.record(_path(asked))
    _expect_fresh(trial, asked, before[asked], body)
    _expect_fresh(trial, alone, before[alone], trial.record(_path(alone)))


def _path(product_id: int) -> str:
    return f"/products/{product_id}/analytics"


def _expect_fresh(trial: Trial, product_id: int, before: dict[str, Any], body: dict[str, Any]) -> None:
    stale = body.get("views") == before.get("views")
    with after(f"a view stored, {TTL_SECONDS + GRACE_SECONDS:g} s waited"):
        expect_figures(trial, product_id, body, STALE if stale else "")
