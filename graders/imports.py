"""Which files of a workspace import which, read from their text; nothing of them is run. Pure."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)
Files = Mapping[str, bytes]
Graph = Mapping[str, set[str]]
"""Files by path, each with those that it imports."""

DYNAMIC = {"__import__", "builtins", "eval", "exec", "importlib", "pkgutil", "runpy", "sys"}
"""Words by which a file may import what nobody can read in it."""


class Uncertain(Exception):
    """The text does not tell what imports what."""


def graph(starts: Iterable[str], files: Files) -> Graph:
    """These files and all that they import, directly or not. Raises Uncertain."""
    found: dict[str, set[str]] = {}
    todo = list(starts)
    while todo:
        path = todo.pop()
        if path not in found:
            found[path] = set(_imports(path, parsed(path, files), files))
            todo += found[path]
    return found


def reach(starts: Iterable[str], known: Graph) -> set[str]:
    """The same within a graph. Raises Uncertain where it does not hold them."""
    found: set[str] = set()
    todo = list(starts)
    while todo:
        path = todo.pop()
        if path not in known:
            raise Uncertain
        if path not in found:
            found.add(path)
            todo += known[path]
    return found


def parsed(path: str, files: Files) -> ast.Module:
    """Raises Uncertain where the file is missing or is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the submission's, which nobody here is to read
            return ast.parse(files[path])
    except (KeyError, SyntaxError, ValueError, RecursionError, MemoryError):
        raise Uncertain from None


def words(tree: ast.AST) -> set[str]:
    """Every name that a piece of code uses, and those of attributes, arguments and modules."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                found.add(name)
            case ast.alias(name=name) | ast.ImportFrom(module=str(name)):
                found.update(name.split("."))
    return found


def names_of_files(path: str, files: Files) -> dict[str, str]:
    """By `from ... import`: names in one file that mean another, or something in it. Raises Uncertain."""
    names = {}
    for node in _of_type(ast.ImportFrom, parsed(path, files)):
        for alias in node.names:
            only = ast.ImportFrom(node.module, [alias], node.level)
            for imported in _imported_from(path, only, files):
                names[alias.asname or alias.name] = imported  # the last one is the innermost
    return names


def assigns_to_others(tree: ast.Module) -> bool:
    """Whether something within an imported module is assigned to or deleted."""
    names = {(alias.asname or alias.name).split(".")[0] for alias in _of_type(ast.alias, tree)}
    places: list[ast.Attribute | ast.Subscript]
    places = [*_of_type(ast.Attribute, tree), *_of_type(ast.Subscript, tree)]
    return any(_root(node) in names for node in places if not isinstance(node.ctx, ast.Load))


def _root(node: ast.expr) -> str:
    """The name that a chain of attributes, items and calls starts with."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _of_type(kind: type[Node], tree: ast.AST) -> Iterator[Node]:
    return (node for node in ast.walk(tree) if isinstance(node, kind))


def _imports(path: str, tree: ast.Module, files: Files) -> Iterator[str]:
    """Files that one imports, packages on the way included."""
    if words(tree) & DYNAMIC:
        raise Uncertain
    for node in _of_type(ast.Import, tree):
        for alias in node.names:
            yield from _files_of(alias.name.split("."), files)
    for one in _of_type(ast.ImportFrom, tree):
        yield from _imported_from(path, one, files)


def _imported_from(path: str, node: ast.ImportFrom, files: Files) -> Iterator[str]:
    folders = path.split("/")[:-1]
    if node.level > len(folders):
        raise Uncertain
    base = folders[: len(folders) - node.level + 1] if node.level else []
    module = [*base, *(node.module.split(".") if node.module else [])]
    for alias in node.names:
        if alias.name == "*" and f"{'/'.join(module)}/__init__.py" in files:
            raise Uncertain  # it may name any file of the package
        yield from _files_of([*module, alias.name], files)


def _files_of(names: Sequence[str], files: Files) -> Iterator[str]:
    """The files that importing a dotted name runs; its last part may be no file but something in one."""
    for length in range(1, len(names) + 1):
        stem = "/".join(names[:length])
        yield from (path for path in (f"{stem}.py", f"{stem}/__init__.py") if path in files)
