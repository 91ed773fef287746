"""The direction of flow: what a module may import is below it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

TREE = Path(__file__).resolve().parent.parent

LAYERS = (
    ("graders.model", "graders.errors"),
    (
        "graders.patch",
        "graders.difference",
        "graders.stats",
        "graders.digest",
        "graders.lesson",
        "graders.slugs",
        "graders.grammar",
        "graders.imports",
        "graders.bugs.lifetimes",
        "graders.report.clean",
    ),
    (
        "graders.speed",
        "graders.edits",
        "graders.meaning",
        "graders.report.diff",
        "graders.report.schema",
        "graders.dataset",
    ),
    (
        "graders.score",
        "graders.mismatch",
        "graders.mistakes",
        "graders.report.plain",
        "graders.report.statements",
    ),
    ("graders.report.total",),
    ("graders.report.build", "graders.report.merge", "graders.report.changes", "graders.events"),
    (
        "graders.report.evidence",
        "graders.report.text",
        "graders.report.svg",
        "graders.report.junit",
        "graders.report.gradescope",
        "graders.report.classroom50",
        "graders.report.markdown",
    ),
    (
        "graders.report.page",
        "graders.report.github",
        "graders.report.revised",
        "graders.report.rising",
        "graders.report.watched",
    ),
    (
        "graders.oracle",
        "graders.client",
        "graders.process",
        "graders.atomic",
        "graders.sockets",
        "graders.clock",
    ),
    ("graders.scratch",),
    (
        "graders.clerk",
        "graders.initialise",
        "graders.variant",
        "graders.submission",
        "graders.throwaway",
        "graders.drawer",
        "graders.failure",
        "graders.child",
        "graders.saves",
    ),
    ("graders.service",),
    ("graders.trial", "graders.pair"),
    ("graders.checks",),
    ("graders.differential", "graders.traces", "graders.outcomes"),
    ("graders.generated.products", "graders.generated.written"),
    (
        "graders.generated.pages",
        "graders.generated.reports",
        "graders.generated.views",
        "graders.generated.analytics",
        "graders.bugs.analytics",
        "graders.bugs.meanwhile",
    ),
    ("graders.bugs.caching",),
    (
        "graders.bugs.n_plus_one",
        "graders.bugs.unstable_cache",
        "graders.bugs.zero_pool",
        "graders.bugs.missing_model",
        "graders.touched",
    ),
    ("graders.bugs",),
    ("graders.engine", "graders.watch"),
    ("graders.grading",),
    ("graders.demo", "graders.regrade"),
    (
        "workspaces.places",
        "workspaces.lock",
        "workspaces.ports",
        "workspaces.populate",
        "workspaces.contents",
    ),
    ("workspaces.known", "workspaces.saved", "workspaces.serve", "workspaces.branches"),
    ("workspaces.started", "workspaces.status", "workspaces.swap"),
    ("workspaces.workspace", "workspaces.report"),
    ("workspaces.create",),
    ("doctor.finding", "doctor.command"),
    ("doctor.interview", "doctor.text"),
    ("doctor.mend",),
    ("doctor.folders", "doctor.machine", "doctor.probe", "doctor.python"),
    ("doctor.examine",),
    ("commands.shell",),
    ("commands.exports", "commands.actions"),
    ("commands.workspaces", "commands.grades", "commands.answers", "commands.machine"),
    ("commands.regrades",),
    ("cli",),
    ("debugkit",),
)
RANK = {module: rank for rank, layer in enumerate(LAYERS) for module in layer}
PURE = {module for layer in LAYERS[:6] for module in layer} | {
    "graders.report.rising",
    "graders.report.watched",
    "graders.touched",
    "workspaces.report",
    "doctor.finding",
    "doctor.text",
}
IMPURE_IMPORTS = {"os", "socket", "subprocess", "time", "pathlib", "tempfile", "shutil", "sqlite3", "http"}
APART = {
    "graders",
    "graders.generated",
    "graders.report",
    "workspaces",
    "doctor",
    "commands",
    "debugkit.__main__",
}
FOLDERS = ("debugkit", "commands", "doctor", "graders", "workspaces")


def modules() -> dict[str, Path]:
    paths = [TREE / "cli.py", *(path for folder in FOLDERS for path in (TREE / folder).rglob("*.py"))]
    names = {
        ".".join(path.relative_to(TREE).with_suffix("").parts).removesuffix(".__init__"): path
        for path in paths
    }
    return {name: path for name, path in names.items() if ".inside." not in name and name not in APART}


def imports(path: Path) -> set[str]:
    """Modules imported at run time; those only for annotations do not count."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = [ast.Pass()]
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_every_module_has_its_layer() -> None:
    assert set(modules()) == set(RANK)


@pytest.mark.parametrize("module", sorted(RANK))
def test_a_module_imports_only_what_is_below_it(module: str) -> None:
    above = {name for name in imports(modules()[module]) & set(RANK) if RANK[name] >= RANK[module]} - {module}
    assert not above


@pytest.mark.parametrize("module", sorted(PURE))
def test_a_pure_module_touches_no_clock_socket_or_file(module: str) -> None:
    assert not imports(modules()[module]) & IMPURE_IMPORTS


def test_only_the_command_line_prints_or_exits() -> None:
    for module, path in modules().items():
        calls = {
            ast.unparse(node.func)
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call)
        }
        speaks = module == "cli" or module.startswith("commands.")
        assert speaks or not calls & {"print", "sys.exit", "exit", "typer.echo"}, module


def test_the_exercise_is_never_imported() -> None:
    for path in modules().values():
        assert not {name for name in imports(path) if name.split(".")[0] in {"app", "exercise"}}


def test_help_loads_nothing_heavy() -> None:
    heavy = "{'fastapi', 'sqlalchemy', 'httpx', 'pydantic', 'uvicorn', 'sqlite3'}"
    code = f"""
import sys
from typer.testing import CliRunner
import cli
assert CliRunner().invoke(cli.app, ["--help"]).exit_code == 0
print(sorted({heavy} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=TREE, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
