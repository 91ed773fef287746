"""graders/throwaway.py: which installer is run, and what of its words and of a package is told."""

from __future__ import annotations

import importlib.util
import shutil
from importlib import metadata
from pathlib import Path

import pytest

from graders import throwaway
from graders.errors import KitError


def test_without_pip_uv_is_told_the_versions_that_are_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    command = throwaway.installer(Path("/e/bin/python"), ["tiny", "other"], tmp_path)
    constraints = command[command.index("--constraints") + 1]
    assert command[:5] == ["/bin/uv", "pip", "install", "--python", "/e/bin/python"]
    assert command[-3:] == ["--", "tiny", "other"]
    assert f"fastapi=={metadata.version('fastapi')}" in Path(constraints).read_text().splitlines()


def test_without_pip_and_uv_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(KitError, match=r"neither pip nor uv to install tiny .*-m ensurepip"):
        throwaway.installer(Path("/e/bin/python"), ["tiny"], tmp_path)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Looking\nERROR: no version\nERROR: No match found\n[notice] newer pip\n", "No match found"),
        ("error: No solution\n  cause: Because nope was not found\n", "Because nope was not found"),
        ("  × No solution\n  ╰─▶ Because nope was not found\n", "Because nope was not found"),
        ("no such option: --python\n\n", "no such option: --python"),
        ("", ""),
    ],
)
def test_the_last_error_of_an_installer(said: str, expected: str) -> None:
    assert throwaway.last_error(said) == expected


@pytest.mark.parametrize(
    ("package", "expected"),
    [
        ("cachetools", "cachetools"),
        ("cachetools>=5", "cachetools>=5"),
        ("./wheels/tiny-1.0-py3-none-any.whl", "tiny-1.0-py3-none-any.whl"),
        ("tiny @ https://ada:secret@example.org/tiny.whl", "tiny.whl"),
        ("/srv/ada/tiny/", "tiny"),
        ("/", "/"),
    ],
)
def test_a_package_is_shown_by_its_name(package: str, expected: str) -> None:
    assert throwaway.shown(package) == expected
