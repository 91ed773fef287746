"""Which bugs' verdicts a change of files can alter, as their imports tell; what is not certain alters all."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graders import imports
from graders.imports import Files, Uncertain

if TYPE_CHECKING:
    from graders.checks import Probe

MAIN, INIT = "app/main.py", "init_db.py"

IDLE = re.compile(
    r"""( README\.md | requirements\.txt | app/rates\.py   # the grader puts its own rates back
        | (.*/)? ( [^/]+\.log | \.\#[^/]* | [^/]+~ | \.[^/]+\.sw[a-z] | 4913 | \.DS_Store )  # editors' own
        | (.*/)? \.[^/]+_cache/.* | \.kit-.* )""",
    re.VERBOSE,
)
TOOLS = {"test_load.py", "populate_db.py"}
"""Not part of the service, as long as nothing of it imports them."""

REACHING = (
    {"setattr", "delattr", "globals", "vars", "gc", "ctypes", "listen", "listens_for"}
    | {"anyio", "set_default_executor", "Thread", "multiprocessing", "subprocess"}
    | {"Base", "registry", "relationship", "column_property", "add_property"}
    | {"begin", "commit", "executescript", "isolation_level", "autocommit", "create_all", "DDL"}
)
"""Words by which a feature may change what others rely on: their modules, threads, mappings, the database."""


@dataclass(frozen=True)
class _Plan:
    """What the service is made of, what everything in it rests on, and what each bug rests on, by slug."""

    service: set[str]
    common: set[str]
    reaches: Mapping[str, set[str]]


def touched(before: Files, after: Files, probes: Sequence[Probe]) -> tuple[str, ...]:
    """Slugs of the bugs that a change from one state of a workspace to another can concern, in given order.

    A bug is touched where a changed file is among those that its modules import, before or after.
    """
    changed = [path for path in changes(before, after) if not IDLE.fullmatch(path)]
    if not changed:
        return ()
    slugs = tuple(probe.bug.slug for probe in probes)
    try:
        plans = [_plan(files, probes) for files in (before, after)]
        hit = {slug for path in changed for slug in _resting_on(path, after, plans)}
    except Uncertain:
        return slugs
    return tuple(slug for slug in slugs if slug in hit)


def changes(before: Files, after: Files) -> tuple[str, ...]:
    """Paths of what was edited, added or removed."""
    return tuple(sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path)))


def _resting_on(path: str, after: Files, plans: Sequence[_Plan]) -> set[str]:
    """Slugs of the bugs that rest on a changed file. Raises Uncertain where others may too."""
    if path in TOOLS and not any(path in plan.service for plan in plans):
        return set()
    slugs = {slug for plan in plans for slug, reach in plan.reaches.items() if path in reach}
    common = any(path in plan.common for plan in plans)
    # A file beside app/ may stand in the way of an installed package that has its name.
    if not slugs or common or path not in after or not path.startswith("app/"):
        raise Uncertain
    return slugs


def _plan(files: Files, probes: Sequence[Probe]) -> _Plan:
    """Raises Uncertain where the imports do not say everything."""
    graph = imports.graph([MAIN, INIT], files)
    declared = {module for probe in probes for module in probe.modules}
    shared = imports.reach([INIT], graph)
    _expect_each_apart(files, declared - shared)
    _expect_modest(graph.keys() - shared, files)
    return _Plan(
        service=set(graph),
        common=shared | {MAIN} | (graph[MAIN] - declared),
        reaches={probe.bug.slug: imports.reach(probe.modules, graph) for probe in probes},
    )


def _expect_each_apart(files: Files, modules: set[str]) -> None:
    """Raise Uncertain unless each of these is used by one statement of main.py, and by that alone.

    So it is in the exercise: one route, one module. Otherwise no route tells what it rests on.
    """
    names = imports.names_of_files(MAIN, files)
    used = [
        {names[word] for word in imports.words(statement) & names.keys()} & modules
        for statement in imports.parsed(MAIN, files).body
        if not isinstance(statement, ast.Import | ast.ImportFrom)
    ]
    uses = [path for paths in used for path in paths]
    if sorted(uses) != sorted(modules) or any(len(paths) > 1 for paths in used):
        raise Uncertain


def _expect_modest(paths: Iterable[str], files: Files) -> None:
    """Raise Uncertain where one of these files may change more than itself."""
    for path in paths:
        tree = imports.parsed(path, files)
        if imports.words(tree) & REACHING or imports.assigns_to_others(tree):
            raise Uncertain
