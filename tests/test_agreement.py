"""The candidate's own load test agrees with the grade: it passes what is fixed, fails what it sees is not."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import TREE, Lay, free_port, listens, until

from graders import patch, variant
from graders.model import SLUGS
from workspaces import populate

CASES = {"n-plus-one": "products", "unstable-cache": "analytics", "zero-pool": "reports"}
VISIBLE = [wrong for slug in SLUGS for wrong in variant.wrong_fixes(TREE, slug) if wrong.visible]

pytestmark = pytest.mark.slow


def load_test(folder: Path, *cases: str, port: int | None = None) -> subprocess.CompletedProcess[str]:
    if not (folder / "shop.db").exists():
        with contextlib.suppress(Exception):  # an exercise that does not import cannot make its database
            populate.populate(folder, None, dict(os.environ))
    command = [sys.executable, "test_load.py", *cases, "--port", str(port or free_port())]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def test_the_broken_exercise_fails_as_the_story_has_it(lay: Lay) -> None:
    done = load_test(lay())
    assert done.returncode == 1
    assert "0 of 3 pass" in done.stdout
    crawls, fails_late, fails = done.stdout.split("\n\n")[1:4]
    assert "successes 10/10" in crawls
    assert float(crawls.split("p50 ")[1].split()[0]) > 1
    assert "successes 0/20" in fails_late
    assert float(fails_late.split("p50 ")[1].split()[0]) > 2
    assert "successes 0/50" in fails


def test_the_fixed_exercise_passes(lay: Lay) -> None:
    done = load_test(lay(SLUGS))
    assert done.returncode == 0, done.stdout
    assert "3 of 3 pass" in done.stdout


@pytest.mark.parametrize("slug", CASES)
def test_a_single_fix_passes_its_own_case_only(lay: Lay, slug: str) -> None:
    folder = lay([slug])
    assert load_test(folder, CASES[slug]).returncode == 0
    others = [case for case in CASES.values() if case != CASES[slug]]
    assert "0 of 2 pass" in load_test(folder, *others).stdout


@pytest.mark.parametrize("wrong", VISIBLE, ids=lambda wrong: f"{wrong.slug}:{wrong.name}")
def test_a_wrong_fix_that_shows_from_outside_fails(tmp_path: Path, wrong: variant.WrongFix) -> None:
    variant.write(variant.exercise(TREE), tmp_path)
    populate.populate(tmp_path, None, dict(os.environ))
    variant.write(patch.apply([wrong.patch], variant.exercise(TREE)), tmp_path)
    done = load_test(tmp_path, *([CASES[wrong.slug]] if wrong.slug in CASES else []))
    assert done.returncode == 1, done.stdout


def test_something_else_on_the_port_is_said(lay: Lay) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        taken.settimeout(0.1)
        folder, port = lay(SLUGS), taken.getsockname()[1]
        populate.populate(folder, None, dict(os.environ))
        hangs_up = subprocess.Popen(
            [
                sys.executable,
                "-c",
                "import socket, sys\nlistener = socket.socket(fileno=int(sys.argv[1]))\n"
                "listener.settimeout(None)\nwhile True: listener.accept()[0].close()",
                str(taken.fileno()),
            ],
            pass_fds=[taken.fileno()],
        )
        try:
            done = load_test(folder, port=port)
        finally:
            hangs_up.kill()
            hangs_up.wait()
    assert done.returncode not in {0, 130}
    assert f"Port {port} is taken by something else" in done.stderr


def test_a_service_that_runs_already_is_used_and_left_running(lay: Lay) -> None:
    folder, port = lay(SLUGS), free_port()
    populate.populate(folder, None, dict(os.environ))
    command = [sys.executable, "-m", "uvicorn", "app.main:app", "--port", str(port), "--log-level", "warning"]
    server = subprocess.Popen(command, cwd=folder)
    try:
        assert until(lambda: listens(port))
        done = load_test(folder, "reports", port=port)
        assert done.returncode == 0, done.stdout + done.stderr
        assert f"Using the service that runs on port {port} already" in done.stdout
        assert server.poll() is None
    finally:
        server.kill()
        server.wait()


def test_a_missing_database_is_said(lay: Lay) -> None:
    command = [sys.executable, "test_load.py", "--port", str(free_port())]
    done = subprocess.run(command, cwd=lay(), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Run init_db.py and populate_db.py first" in done.stderr
