"""Which state a workspace is nearest to, and what was edited since."""

from __future__ import annotations

import pytest
from conftest import TREE, Lay

from graders.model import SLUGS
from workspaces import known, status
from workspaces.known import Variant
from workspaces.report import render
from workspaces.saved import Saved

EVERY = known.every(TREE)


@pytest.mark.parametrize("state", EVERY, ids=str)
def test_each_state_is_nearest_to_itself_edited_or_not(state: Variant) -> None:
    files = {path: text.encode() for path, text in EVERY[state].items()}
    assert status.nearest(files, EVERY) == state
    assert status.edits(files, EVERY[state]) == ()
    edited = {path: content + b"# mine\n" for path, content in files.items()}
    assert status.nearest(edited, EVERY) == state
    assert len(status.edits(edited, EVERY[state])) == len(files)


def test_edits_are_named_with_the_lines_they_change(lay: Lay) -> None:
    folder = lay(["zero-pool"])
    catalog = folder / "app" / "catalog.py"
    catalog.write_text(catalog.read_text().replace("\n", "\r\n") + "one\r\ntwo\r\n")
    (folder / "app" / "rates.py").unlink()
    (folder / "picture").write_bytes(b"\xff\xfe")
    (folder / "notes.txt").write_text("remember\n")
    (folder / "shop.db").write_bytes(b"made by running")
    seen = status.look(folder, TREE)
    assert seen.nearest == Variant(("zero-pool",))
    assert seen.edits == (
        status.Edit("app/catalog.py", "edited", 2, 0),
        status.Edit("app/rates.py", "missing"),
        status.Edit("notes.txt", "new", 1, 0),
        status.Edit("picture", "new"),
    )
    kept = [Saved("20261124-101500-1", folder, folder, ("a", "b"))]
    assert list(render("ada", seen, kept)) == [
        "ada: zero-pool fixed; 4 files edited",
        "  app/catalog.py  +2 -0",
        "  app/rates.py    missing",
        "  notes.txt       new, +1 -0",
        "  picture         new",
        "saved edits:",
        "  kit restore 20261124-101500-1  (2 files)",
    ]


def test_a_name_cannot_command_the_terminal() -> None:
    edit = status.Edit("app/\x1b[31mred.py", "new", 1, 0)
    lines = list(render("a\nb", status.Status(Variant(), (edit,)), []))
    assert not [line for line in lines if "\x1b" in line or "\n" in line]


@pytest.mark.parametrize(
    ("state", "name"),
    [
        (Variant(), "broken"),
        (Variant(SLUGS, ("honest",)), "fixed, honest"),
        (Variant(("zero-pool",), ("honest", "blind")), "zero-pool fixed, honest, blind"),
    ],
)
def test_how_states_are_called(state: Variant, name: str) -> None:
    assert str(state) == name
