"""A submission that is full of markup and terminal escapes, graded into every export."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import test_page_hostile
from conftest import Kit, Lay
from junitparser import JUnitXml
from pages import Reader

from graders.model import SLUGS

NASTY = "</style><script>alert(1)</script>\x1b[2J::error::owned \u202e"
MIDDLEWARE = f"""

NASTY = {NASTY!r}


@app.middleware("http")
async def _nasty(request, call_next):
    from fastapi.responses import JSONResponse

    print(NASTY, flush=True)
    if request.url.path == "/products":
        raise RuntimeError(NASTY)
    if request.url.path.endswith("/report"):
        return JSONResponse({{"product_id": NASTY, "name": NASTY, NASTY: NASTY}})
    return await call_next(request)
"""
KINDS = ("html", "json", "junit", "gradescope", "markdown")


@pytest.mark.slow
def test_no_export_obeys_what_a_submission_says(lay: Lay, kit: Kit, tmp_path: Path) -> None:
    folder = lay(SLUGS, name="ada")
    with open(folder / "app" / "main.py", "a") as file:
        file.write(MIDDLEWARE)
    (folder / "app" / "<img src=x onerror=alert(1)>\x1b[2J.py").write_text(f"# {NASTY}\n")
    exports = [f"--export-{kind}=ada.{kind}" for kind in KINDS]
    done = kit("grade", "ada", "--only=n-plus-one,zero-pool", *exports, env={"GITHUB_ACTIONS": "true"})
    assert done.returncode == 1, done.stderr
    texts = {kind: (tmp_path / f"ada.{kind}").read_text("utf-8") for kind in KINDS}
    for kind, text in {**texts, "screen": done.stdout}.items():
        assert "owned" in text
        assert "\x1b" not in text
        assert "\u202e" not in text or kind == "json"  # whose diff is the file's own text
    test_page_hostile.test_nothing_runs_and_nothing_is_fetched(texts["html"])
    assert "<script>alert(1)</script>" in Reader(texts["html"]).said()
    assert json.loads(texts["json"])["score"] == json.loads(texts["gradescope"])["score"] == 0
    assert len(list(JUnitXml.fromstring(texts["junit"]))) == 2
    assert not any(line.startswith("::error::owned") for line in done.stdout.splitlines())
