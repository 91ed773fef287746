"""What one request sends to the database, of real services and of one that writes nonsense over it."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from conftest import TREE

from graders import dataset, service, traces, variant
from graders.bugs import BUGS
from graders.client import Answer, Request, Unanswered
from graders.failure import Failure
from graders.model import SLUGS, Limits, Trace
from graders.pair import alone
from graders.service import Service
from graders.trial import Trial

EXERCISE = variant.exercise(TREE)
DATA = dataset.generate(7, datetime(2026, 11, 24, 12))
ASKS = cast("Trial", SimpleNamespace(data=DATA, ids=DATA.ids()))
PROBES = {probe.bug.slug: probe for probe in BUGS}


@pytest.mark.slow
def test_the_broken_exercise_shows_its_bugs() -> None:
    found = traces.before(ASKS, BUGS, EXERCISE, Limits())
    assert set(found) == set(SLUGS)
    page = found["n-plus-one"]
    assert page.request == "GET /products?limit=50&offset=60"
    assert page.total > 100
    assert len(page.statements) == service.TRACE_STATEMENTS
    assert sum("FROM product_costs" in sql for sql, _ in page.statements) > 20
    starts = [start for _, start in page.statements]
    assert starts == sorted(starts)
    assert starts[0] >= 0 and starts[-1] < page.seconds
    assert found["unstable-cache"].seconds > 2
    assert found["zero-pool"].statements == ()
    statuses = {slug: trace.status for slug, trace in found.items()}
    assert statuses == {"n-plus-one": 200, "unstable-cache": 500, "zero-pool": 500, "missing-model": 422}


def test_of_the_exercise_as_handed_out_the_second_answer_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[tuple[str, str]] = []

    def ask(request: Request, seconds: float) -> None:
        done.append(("ask", request.path))

    def trace(request: Request, seconds: float) -> Trace:
        done.append(("trace", request.path))
        return Trace(request.path, 1.0, 0, (), 200)

    @contextlib.contextmanager
    def alone(*given: object) -> Iterator[Any]:
        yield SimpleNamespace(ask=ask, trace=trace)

    monkeypatch.setattr(traces, "alone", alone)
    found = traces.before(ASKS, BUGS, EXERCISE, Limits())
    assert done == [(how, trace.request) for trace in found.values() for how in ("ask", "trace")]
    assert set(found) == set(SLUGS)


def test_the_fixed_exercise_asks_less() -> None:
    with alone(variant.files(TREE, SLUGS), EXERCISE, DATA, Limits()) as fixed:
        shop = SimpleNamespace(data=DATA, ids=DATA.ids(), trace=lambda request: fixed.trace(request, 10))
        found = {slug: traces.after(cast("Trial", shop), probe) for slug, probe in PROBES.items()}
    for trace in found.values():
        assert trace
        assert 1 <= len(trace.statements) == trace.total < 8
    recorded = found["missing-model"]
    assert recorded
    assert any("INSERT INTO product_views" in sql for sql, _ in recorded.statements)


def test_an_exercise_that_does_not_boot_has_no_traces() -> None:
    broken = {**EXERCISE, "app/main.py": "raise RuntimeError\n"}
    assert traces.before(ASKS, BUGS, broken, Limits(boot=5)) == {}


def test_no_answer_is_no_trace() -> None:
    def refuse(request: Request) -> None:
        raise Failure("no answer")

    trial = cast("Any", SimpleNamespace(data=DATA, ids=DATA.ids(), trace=refuse))
    assert traces.after(trial, PROBES["n-plus-one"]) is None


@pytest.fixture
def unbooted(tmp_path: Path) -> Iterator[Service]:
    """A service that was never started."""
    (tmp_path / "shop").mkdir()
    with contextlib.closing(Service(tmp_path / "shop")) as made:
        yield made


@pytest.mark.parametrize(
    "kept",
    [
        b"not JSON\n",
        b"7\n",
        b"[1, 2, 3]\n",
        b'["soon", "SELECT 1"]\n',
        b"[NaN, 1]\n",
        b"[1e999, 1]\n",
        b"\xff" * 99,
    ],
)
def test_what_a_submission_writes_there_harms_nothing(
    unbooted: Service, kept: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def scribble(request: Request, seconds: float) -> Answer:
        struct.pack_into("Q", unbooted._memory, 8 * service.TRACED, 2**63)
        unbooted._memory[service.TRACE_START : service.TRACE_START + len(kept)] = kept
        return Answer(200, b"", 0.5)

    monkeypatch.setattr(unbooted, "ask", scribble)
    assert unbooted.trace(Request("/"), 1).statements == ()


def test_tracing_is_off_again_also_where_no_answer_comes(unbooted: Service) -> None:
    with pytest.raises(Unanswered):
        unbooted.trace(Request("/"), 1)
    assert struct.unpack_from("Q", unbooted._memory, 8 * service.TRACING) == (0,)
