"""What a cache of analytics must keep for two seconds, and then forget."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from graders.bugs.analytics import (
    AGREE,
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

APART_SECONDS = 0.35
UNSEEN = 3
"""Which of the spare products is one that nobody ever viewed."""

NEVER_TWICE = "A window that opens at the microsecond is never the same twice: floor it to the TTL."
KEPT = "For two seconds an answer stays what it is, whatever is recorded meanwhile."
STALE = "An answer older than two seconds: drop each entry when its time has come."


def answers_agree(trial: Trial) -> Iterator[float]:
    """Several answers in a short time, views of the product stored between them.

    One change is allowed, where the TTL ran out between.
    """
    path = analytics(trial, AGREE)
    trial.get(path)
    bodies = [body for [body] in _within_ttl(trial, [path], trial.record, 6)]
    for _ in range(2):
        yield APART_SECONDS
        trial.add_view(trial.data.popular[AGREE])
        bodies.append(trial.record(path))
    changes = sum(one != other for one, other in itertools.pairwise(bodies))
    if changes > 1:
        same_window = bodies[0].get("window_start") == bodies[1].get("window_start")
        raise Failure(
            f"the answer changed {changes} times",
            asked=f"GET {path}, {len(bodies)} times within two seconds, with views stored between the last",
            expected="the same answer for two seconds, so one change at most",
            actual=_changing(bodies),
            help=KEPT if same_window else NEVER_TWICE,
        )


def _changing(bodies: list[dict[str, Any]]) -> str:
    """What the answers state, of the first field that does not stay."""
    pairs = itertools.pairwise(bodies)
    field = next((key for one, other in pairs for key in one if one[key] != other.get(key)), "window_start")
    return f"{field} {', '.join(str(body.get(field)) for body in bodies[:3])}, ..."


def hits_recompute_nothing(trial: Trial) -> Iterator[float]:
    """Two products in turn, one without views: after its first answer, at most one more looks at the views.

    That one is allowed, where the TTL ran out between. Views of other products are stored meanwhile.
    """
    paths = [analytics(trial, HIT), f"/products/{trial.data.spare[UNSEEN]}/analytics"]
    for path in paths:
        trial.get(path)
    counts = _within_ttl(trial, paths, lambda path: trial.statements(path).views, 3)
    for _ in range(2):
        yield APART_SECONDS
        trial.add_view(trial.unasked())
        counts.append([trial.statements(path).views for path in paths])
    for path, of_path in zip(paths, zip(*counts, strict=True), strict=True):
        recomputed = sum(count > 0 for count in of_path)
        if recomputed > 1:
            raise Failure(
                f"{recomputed} of {len(of_path)} answers counted the views again",
                asked=f"GET {path}, then {len(of_path)} times more within two seconds",
                expected="none on product_views, or once, where two seconds end",
                actual=f"{', '.join(map(str, of_path))} statements",
                help="Nothing is found in the cache: is the key ever asked for twice?",
            )


def _within_ttl(trial: Trial, paths: list[str], ask: Callable[[str], T], rounds: int) -> list[list[T]]:
    """What was asked of each path in turn, round by round, all of it within the TTL.

    Raises Failure where the submission takes longer, Unknown where the reference does too.
    """
    for _ in range(3):
        start, got = time.monotonic(), []
        for path in paths * rounds:
            got.append(ask(path))
            took = time.monotonic() - start
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
