"""What a cache of analytics must keep for two seconds, and then forget."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from datetime import datetime
from typing import Any, TypeVar

from graders.bugs.analytics import (
    AGREE,
    BESIDE,
    FIGURES,
    GRACE_SECONDS,
    HIT,
    TTL_SECONDS,
    analytics,
    expect_figures,
)
from graders.bugs.lifetimes import Asked, short_lived
from graders.checks import moment
from graders.client import Request
from graders.failure import Failure, Unknown, after
from graders.trial import Trial

T = TypeVar("T")

TURNS = 6
"""So often in a row something is asked for, all of it within the TTL."""
LOOKS = 4
"""In so many of them the views may be looked at: what is renewed ahead is counted while others are asked."""
WAITS, APART_SECONDS = 6, 0.35
"""Further answers, for so long that one that lives a third of a second changes often."""
HITS = 4
"""Of an answer in its two seconds, for the figures."""
TRIES = 3
"""Of as many turns, before a slow machine is given up."""
UNSEEN = 3
"""Which of the spare products is one that nobody ever viewed."""

NEVER_TWICE = "A window that opens at the microsecond is never the same twice: floor it to the TTL."
KEPT = "For two seconds an answer stays what it is, whatever is recorded meanwhile."
OLD_FIGURES = "The window that is stated has moved on, the figures have not: they belong to an older one."
STALE = "An answer older than two seconds: drop each entry when its time has come."


def answers_agree(trial: Trial) -> Iterator[float]:
    """Several answers in a short time, a view of the product stored before each; again if they change.

    Another product is asked about in between, as others do anyway, now and then.
    """
    path, beside = analytics(trial, AGREE), analytics(trial, BESIDE)
    for one, answer in zip((path, beside), trial.burst([Request(path), Request(beside)]), strict=True):
        trial.object_in(one, answer)
    found = None
    for _ in range(2):  # one that is renewed ahead, but late for once, does not change so often again
        asked = yield from _answers(trial, [path, beside], trial.data.popular[AGREE])
        if not (found := short_lived(asked)):
            return
    assert found
    bodies = [one.brought for one in asked]
    same_window = bodies[0].get("window_start") == bodies[1].get("window_start")
    raise Failure(
        f"the answer changed {found[0]} times in {found[1]:.1f} s",
        asked=f"GET {path}, {len(bodies)} times, each right after a view was stored",
        expected="the same answer for two seconds",
        actual=_changing(bodies),
        help=KEPT if same_window else NEVER_TWICE,
    )


def _answers(
    trial: Trial, paths: list[str], product_id: int
) -> Generator[float, None, list[Asked[dict[str, Any]]]]:
    """Of the first path, whose product this is."""
    asked = [turn[0] for turn in _turns(trial, paths, trial.record, lambda: product_id)]
    for _ in range(WAITS):
        yield APART_SECONDS
        trial.add_view(product_id)
        asked.append(_timed(trial.record, paths[0]))
    return asked


def _changing(bodies: list[dict[str, Any]]) -> str:
    """What the answers state, of the first field that does not stay."""
    pairs = itertools.pairwise(bodies)
    field = next((key for one, other in pairs for key in one if one[key] != other.get(key)), "window_start")
    return f"{field} {', '.join(str(body.get(field)) for body in bodies[:3])}, ..."


def hits_recompute_nothing(trial: Trial) -> Iterator[float]:
    """Two products in turn, one without views: after the first answers, hardly any looks at the views.

    A view of some other product is stored before each turn. Twice: what is renewed ahead for many products
    may be counted all the while, but not always.
    """
    paths = [analytics(trial, HIT), f"/products/{trial.data.spare[UNSEEN]}/analytics"]
    for path in paths:
        trial.get(path)
    if _recounted(trial, paths) is None:
        return
    yield 2 * APART_SECONDS
    if found := _recounted(trial, paths):
        path, counts = found
        raise Failure(
            f"{sum(count > 0 for count in counts)} of {len(counts)} answers counted the views again",
            asked=f"GET {path}, {len(counts)} times within two seconds",
            expected="none on product_views, or once, where two seconds end",
            actual=f"{', '.join(map(str, counts))} statements",
            help="Nothing is found in the cache: is the key ever asked for twice?",
        )


def _recounted(trial: Trial, paths: list[str]) -> tuple[str, list[int]] | None:
    """A path whose answers nearly all came with statements on the views, and how many with each."""
    turns = _turns(trial, paths, lambda path: trial.statements(path).views, trial.unasked)
    for path, asked in zip(paths, zip(*turns, strict=True), strict=True):
        counts = [one.brought for one in asked]
        if sum(count > 0 for count in counts) > LOOKS:
            return path, counts
    return None


def _timed(ask: Callable[[str], T], path: str) -> Asked[T]:
    sent = time.monotonic()
    return Asked(sent, ask(path), time.monotonic())


def _turns(
    trial: Trial, paths: list[str], ask: Callable[[str], T], viewed: Callable[[], int]
) -> list[list[Asked[T]]]:
    """What was asked of each path in turn, a view stored before each turn, all of it within the TTL.

    Raises Failure where it is the submission that takes longer, every time; else Unknown.
    """
    lags = []
    for _ in range(TRIES):
        start, stored = time.monotonic(), 0.0
        turns: list[list[Asked[T]]] = []
        while len(turns) < TURNS and time.monotonic() - start < TTL_SECONDS:
            stored += trial.add_view(viewed())
            turns.append([_timed(ask, path) for path in paths])
        if time.monotonic() - start < TTL_SECONDS:
            return turns
        mine = [_timed(_of_reference(trial), path) for path in paths * len(turns)]
        lags.append(stored + _seconds(itertools.chain(*turns)) - _seconds(mine))
    if min(lags) > TTL_SECONDS / 2:
        raise Failure(
            "answers from the cache take their time",
            asked=f"GET {' and '.join(paths)}, {len(turns)} times in turn",
            expected="an answer at once",
            actual=f"{min(lags):.1f} s more than the work takes",
            help="Is something waited for, counted again or locked, though the answer is there?",
        )
    raise Unknown("the machine was too slow to ask a few times within two seconds")


def _of_reference(trial: Trial) -> Callable[[str], object]:
    return lambda path: trial.reference.ask(Request(path), trial.limits.answer)


def _seconds(asked: Iterable[Asked[Any]]) -> float:
    return sum(one.answered - one.sent for one in asked)


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
        same = [body.get(field) == first.get(field) for field in ("window_start", "views")]
        with after(f"the same {nth + 1} times in {nth * (TTL_SECONDS - GRACE_SECONDS) / HITS:.1f} s"):
            expect_figures(trial, product_id, body, OLD_FIGURES if same == [False, True] else "")


def answers_are_fresh(trial: Trial) -> Iterator[float]:
    """A view stored while an answer is cached is counted once the TTL has passed.

    However often one asks of one product, and also where nobody asked of the other one meanwhile. Once more
    where the window jumped: one that is floored to the minute is fresh for two seconds in sixty.
    """
    for _ in range(2):
        start = time.monotonic()
        asked, alone = trial.unasked(), trial.unasked()  # of others an older answer may be about to end
        before = {product_id: trial.record(_path(product_id)) for product_id in (asked, alone)}
        for product_id in before:
            trial.add_view(product_id)
        for _ in range(3):
            yield (TTL_SECONDS + GRACE_SECONDS) / 3
            body = trial.record(_path(asked))
        _expect_fresh(trial, asked, before[asked], body)
        _expect_fresh(trial, alone, before[alone], trial.record(_path(alone)))
        moved = (_opens(body) - _opens(before[asked])).total_seconds()
        if moved < time.monotonic() - start + TTL_SECONDS + GRACE_SECONDS:
            return


def _opens(body: dict[str, Any]) -> datetime:
    return moment(body.get("window_start"), "window_start")


def _path(product_id: int) -> str:
    return f"/products/{product_id}/analytics"


def _expect_fresh(trial: Trial, product_id: int, before: dict[str, Any], body: dict[str, Any]) -> None:
    stale = body.get("views") == before.get("views")
    with after(f"a view stored, {TTL_SECONDS + GRACE_SECONDS:g} s waited"):
        expect_figures(trial, product_id, body, STALE if stale else "")
