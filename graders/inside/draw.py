"""Draw values from a grammar and make those smaller that differ, by hypothesis, in a process of its own.

One JSON line in, `{"grammar": ..., "seed": ..., "examples": ...}`; one out for each value drawn,
`{"value": ...}`, answered by `true` where it differs, `false` where not, `null` to stop; then
`{"done": true}`. Ends with its input.

It is apart from the grader because hypothesis also draws constants that it finds in the source of whatever
is imported beside it, and keeps them in the current directory: here the same seed draws the same.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable
from typing import Any

import hypothesis
from hypothesis import strategies

Values = strategies.SearchStrategy[Any]

SETTINGS = hypothesis.settings(
    database=None,
    deadline=None,
    derandomize=True,
    phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
    report_multiple_bugs=False,
    suppress_health_check=list(hypothesis.HealthCheck),
    verbosity=hypothesis.Verbosity.quiet,
)


class Stopped(KeyboardInterrupt):
    """Nothing more is wanted; of a kind that hypothesis lets through."""


class Differs(Exception):
    """What hypothesis takes for the failure of a test."""


def whole(low: int, high: int) -> Values:
    return strategies.integers(low, high)


def either(grammars: list[Any]) -> Values:
    return strategies.one_of([strategy(grammar) for grammar in grammars])


def several(grammar: Any, low: int, high: int) -> Values:
    return strategies.lists(strategy(grammar), min_size=low, max_size=high)


def record(fields: dict[str, Any]) -> Values:
    return strategies.fixed_dictionaries({name: strategy(grammar) for name, grammar in fields.items()})


KINDS: dict[str, Callable[..., Values]] = {
    "pick": strategies.sampled_from,
    "whole": whole,
    "either": either,
    "several": several,
    "record": record,
}


def strategy(grammar: list[Any]) -> Values:
    kind, *rest = grammar
    return KINDS[kind](*rest)


def say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def hear() -> Any:
    line = sys.stdin.readline()
    if not line:
        raise Stopped
    return json.loads(line)


def draw(grammar: list[Any], seed: str, examples: int) -> None:
    @hypothesis.seed(seed)
    @hypothesis.settings(SETTINGS, max_examples=examples)
    @hypothesis.given(strategy(grammar))
    def offer(value: Any) -> None:
        say({"value": value})
        differs = hear()
        if differs is None:
            raise Stopped
        if differs:
            raise Differs

    with contextlib.suppress(Stopped, Differs, hypothesis.errors.HypothesisException):
        offer()  # a difference that does not show again is an error of hypothesis; the grader has seen it
    say({"done": True})


if __name__ == "__main__":
    for line in sys.stdin:
        draw(**json.loads(line))
