"""Generated requests: what is no difference, how small one is told, and who is at fault where none comes."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest
import sides
from conftest import Lay, grade
from sides import DATA, Rows, Side, answer, spoilt

from graders import differential
from graders.client import Answer, Request, Unanswered
from graders.differential import Ask, Example, Plan, expect_same, explore
from graders.failure import Failure
from graders.generated import pages, reports, views
from graders.grammar import pick
from graders.model import SLUGS, Outcome
from graders.trial import Trial

_patient = pytest.fixture(autouse=True)(sides.patient)
on_trial = pytest.fixture(sides.on_trial)


@pytest.mark.parametrize("run", [pages.run, reports.run, views.run])
def test_right_answers_pass_and_both_sides_are_asked_the_same(
    on_trial: Callable[..., Trial], run: Callable[[Trial], None]
) -> None:
    trial = on_trial()
    run(trial)
    mine, theirs = cast("Side", trial.submission), cast("Side", trial.reference)
    assert mine.asked == theirs.asked
    assert len(set(mine.asked)) >= 10
    assert mine.oracle.page(2000) == theirs.oracle.page(2000) == trial.oracle.page(2000)


def test_the_same_seed_asks_the_same(on_trial: Callable[..., Trial]) -> None:
    asked = []
    for _ in range(2):
        trial = on_trial()
        pages.run(trial)
        asked.append(cast("Side", trial.submission).asked)
    assert asked[0] == asked[1]


def test_a_lost_last_row_is_told_by_one_small_request(tmp_path: Path, on_trial: Callable[..., Trial]) -> None:
    def lose(request: Request, rows: Rows) -> Rows:
        wanted = int(parse_qs(urlsplit(request.path).query).get("limit", ["100"])[0])
        return rows[:-1] if len(rows) < wanted else rows

    with pytest.raises(Failure) as told:
        pages.run(on_trial(spoilt(tmp_path, lose)))
    found = re.fullmatch(r"GET /products\?limit=(\d+)&offset=(\d+)", told.value.asked)
    assert found, told.value.asked
    assert int(found[2]) >= len(DATA.products) - pages.EDGE


def test_a_page_that_begins_one_too_late_is_told_by_the_smallest_request(
    tmp_path: Path, on_trial: Callable[..., Trial]
) -> None:
    def skip(request: Request, rows: Rows) -> Rows:
        return [{**row, "id": row["id"] + 1} for row in rows] if "offset=0" not in request.path else rows

    with pytest.raises(Failure) as told:
        pages.run(on_trial(spoilt(tmp_path, skip)))
    assert told.value.asked == "GET /products?limit=1&offset=1"


def test_an_answer_that_is_kept_is_met_by_asking_before_and_after(
    tmp_path: Path, on_trial: Callable[..., Trial]
) -> None:
    kept: dict[Request, Rows] = {}

    def keep(request: Request, rows: Rows) -> Rows:
        before, kept[request] = kept.get(request, rows), rows
        return before

    with pytest.raises(Failure) as told:
        pages.run(on_trial(spoilt(tmp_path, keep)))
    words = r"GET \S+( and \d more at once)?(, then (a|product) .+ is stored)+, then GET \S+"
    assert re.fullmatch(words, told.value.asked)


def test_what_means_the_same_is_no_difference(tmp_path: Path, on_trial: Callable[..., Trial]) -> None:
    def reworded(request: Request, right: Answer) -> Answer:
        if right.status >= 400:
            return Answer(right.status, b"no", right.seconds)
        body = right.json()
        rows = [body] if isinstance(body, dict) else body
        told = [{"more": 1, **{key: _equal(value) for key, value in reversed(row.items())}} for row in rows]
        return answer(right.status, told[0] if isinstance(body, dict) else told)

    for run in (pages.run, reports.run, views.run):
        run(on_trial(Side(tmp_path / "shop", reworded)))


def _equal(value: Any) -> Any:
    return value + 0.004 if isinstance(value, float) else float(value) if isinstance(value, int) else value


def test_a_number_too_odd_for_an_id_may_be_unknown_or_refused(
    tmp_path: Path, on_trial: Callable[..., Trial]
) -> None:
    def bounded(request: Request, right: Answer) -> Answer:
        odd = re.search(r"/products/(0|-\d+|1000000000000)/", request.path)
        return Answer(422, b"{}", 0.001) if odd else right

    reports.run(on_trial(Side(tmp_path / "shop", bounded)))


def test_a_known_product_may_not_be_refused(tmp_path: Path, on_trial: Callable[..., Trial]) -> None:
    def refused(request: Request, right: Answer) -> Answer:
        return Answer(422, b"{}", 0.001) if "GBP" in request.path and right.status == 200 else right

    with pytest.raises(Failure) as told:
        reports.run(on_trial(Side(tmp_path / "shop", refused)))
    assert re.fullmatch(r"GET /products/\d+/report\?currency=GBP", told.value.asked)
    assert told.value.expected == "200"


def test_half_a_cent_may_be_rounded_either_way(tmp_path: Path, on_trial: Callable[..., Trial]) -> None:
    def rounded(by: float) -> Callable[[Request, Any], Any]:
        return lambda request, body: {**body, "total_cost": body["total_cost"] + by}

    reports.run(on_trial(spoilt(tmp_path, rounded(0.005)), spoilt(tmp_path, rounded(-0.005))))


def test_a_view_stored_for_another_user_is_a_difference(
    tmp_path: Path, on_trial: Callable[..., Trial]
) -> None:
    side = Side(tmp_path / "shop")

    def by_one(request: Request, right: Answer) -> Answer:
        if right.status == 201:
            side.stored[-1] = (side.stored[-1][0], 1)
        return right

    side.spoil = by_one
    with pytest.raises(Failure, match="what is stored"):
        views.run(on_trial(side))


def test_what_does_not_show_again_is_told_as_it_was_seen(
    tmp_path: Path, on_trial: Callable[..., Trial]
) -> None:
    answered = itertools.count()

    def once(request: Request, rows: Rows) -> Rows:
        return [] if rows and next(answered) == 6 else rows

    with pytest.raises(Failure, match="missing"):
        pages.run(on_trial(spoilt(tmp_path, once)))


def test_a_reference_that_errs_is_no_fault_of_the_submission(
    tmp_path: Path, on_trial: Callable[..., Trial]
) -> None:
    errs = Side(tmp_path / "shop", lambda request, right: Answer(500, b"", 0.001))
    with pytest.raises(Unanswered, match="a 500 to GET /products"):
        pages.run(on_trial(reference=errs))


def test_a_service_that_dies_is_not_asked_again(tmp_path: Path, on_trial: Callable[..., Trial]) -> None:
    def dies(request: Request, right: Answer) -> Answer:
        raise Unanswered("the connection broke off")

    side = Side(tmp_path / "shop", dies)
    with pytest.raises(Failure, match="the connection broke off"):
        pages.run(on_trial(side))
    assert side.starts == 2


def test_when_the_time_is_over_no_more_is_drawn(
    on_trial: Callable[..., Trial], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(differential, "DRAWING_SECONDS", -1)
    trial = on_trial()
    pages.run(trial)
    assert 1 <= len(cast("Side", trial.submission).asked) <= pages.AT_ONCE
    reports.run(trial)  # the drawer is free for the next one


def test_a_difference_is_told_also_where_no_time_is_left_to_make_it_small(
    tmp_path: Path, on_trial: Callable[..., Trial], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(differential, "SHRINKING_SECONDS", -1)
    with pytest.raises(Failure):
        pages.run(on_trial(spoilt(tmp_path, lambda request, rows: rows[1:])))


def test_requests_in_turn_stop_at_the_first_difference(
    tmp_path: Path, on_trial: Callable[..., Trial]
) -> None:
    trial = on_trial(spoilt(tmp_path, lambda request, rows: []))
    asks = [Ask(Request("/products?limit=1")), Ask(Request("/products?limit=2"))]
    plan = Plan(pick(1), lambda drawn: Example([], asks), expect_same, one_by_one=True)
    with pytest.raises(Failure) as told:
        explore(trial, plan)
    assert told.value.asked == "GET /products?limit=1"
    assert asks[1].request not in cast("Side", trial.submission).asked


def test_a_lost_last_product_is_found_in_a_grade(lay: Lay) -> None:
    report = grade(lay(SLUGS, "loses_the_last"), ["n-plus-one"])
    check = next(check for check in report.bugs[0].checks if check.id == "generated")
    assert check.outcome is Outcome.FAILED
    assert check.asked.startswith("GET /products?") or "then GET /products?" in check.asked
