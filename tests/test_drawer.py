"""graders/drawer.py and grammar.py: a seed says what is drawn, and what differs is made small."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from graders.drawer import Drawer
from graders.grammar import either, pick, record, several, whole

GRAMMAR = several(record(kind=either(whole(0, 9), pick("ten", None, [1])), size=whole(1, 10**12)), 1, 4)


def drawn(drawer: Drawer, seed: str, differs: Callable[[Any], bool] = lambda value: False) -> list[Any]:
    values = []
    with drawer.draw(GRAMMAR, seed, 10) as drawing:
        for value in drawing:
            values.append(value)
            drawing.differs = differs(value)
    return values


@pytest.fixture
def drawer(tmp_path: Path) -> Iterator[Drawer]:
    made = Drawer(tmp_path)
    with contextlib.closing(made):
        yield made


def test_a_seed_says_what_is_drawn(drawer: Drawer, tmp_path: Path) -> None:
    first = drawn(drawer, "a")
    assert drawn(drawer, "a") == first != drawn(drawer, "b")
    with contextlib.closing(Drawer(tmp_path)) as another:
        assert drawn(another, "a") == first
    assert all(1 <= len(value) <= 4 and value[0]["size"] >= 1 for value in first)


def test_what_differs_is_made_small(drawer: Drawer) -> None:
    def differs(value: Any) -> bool:
        return any(one["size"] > 5000 for one in value)

    smallest = list(filter(differs, drawn(drawer, "a", differs)))[-1]
    assert smallest == [{"kind": 0, "size": 5001}]


def test_a_drawing_may_be_left_at_any_time(drawer: Drawer) -> None:
    with drawer.draw(GRAMMAR, "a", 10) as drawing:
        assert next(iter(drawing))
    with drawer.draw(GRAMMAR, "a", 10):
        pass
    assert drawn(drawer, "a")


def test_nothing_is_left_on_the_disk(tmp_path: Path) -> None:
    with contextlib.closing(Drawer(tmp_path)) as made:
        drawn(made, "a")
    assert not list(tmp_path.iterdir())
