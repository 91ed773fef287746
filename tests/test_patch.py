"""graders/patch.py: a patch fits exactly or it raises, and then nothing is changed."""

import pytest

from graders import patch
from graders.errors import PatchConflict

DIFF = """Some words about it.

--- a/app/shop.py
+++ b/app/shop.py
@@ -1,3 +1,3 @@
 one
-two
+2
 three
"""


def files(text: str) -> patch.Files:
    return {"app/shop.py": text, "other.py": "two\n"}


def test_the_text_above_the_diff_is_its_header() -> None:
    assert patch.parse(DIFF).header == "Some words about it."


def test_old_lines_are_replaced_wherever_they_stand() -> None:
    patched = patch.apply([patch.parse(DIFF)], files("zero\none\ntwo\nthree\nfour\n"))
    assert patched == files("zero\none\n2\nthree\nfour\n")


def test_the_first_line_of_a_file_can_be_replaced() -> None:
    assert patch.apply([patch.parse(DIFF)], files("one\ntwo\nthree\n")) == files("one\n2\nthree\n")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("one\nTWO\nthree\n", id="edited"),
        pytest.param("one\ntwo\nthree\none\ntwo\nthree\n", id="twice"),
        pytest.param("one\ntwo\nthree\nx\none\ntwo\nthree\n", id="twice, apart"),
        pytest.param("someone\ntwo\nthree\n", id="not a whole line at the start"),
        pytest.param("one\ntwo\nthreesome\n", id="not a whole line at the end"),
        pytest.param("one\ntwo\nthree", id="no newline at the end"),
        pytest.param("", id="empty"),
    ],
)
def test_what_does_not_occur_exactly_once_is_a_conflict(text: str) -> None:
    with pytest.raises(PatchConflict, match=r"app/shop\.py"):
        patch.apply([patch.parse(DIFF)], files(text))


def test_a_missing_file_is_a_conflict() -> None:
    with pytest.raises(PatchConflict):
        patch.apply([patch.parse(DIFF)], {})


def test_a_conflict_in_a_later_patch_leaves_the_files_as_they_were() -> None:
    given = files("one\ntwo\nthree\n")
    with pytest.raises(PatchConflict):
        patch.apply([patch.parse(DIFF), patch.parse(DIFF)], given)
    assert given == files("one\ntwo\nthree\n")


def test_hunks_of_several_files_are_told_apart() -> None:
    two = DIFF + "--- a/other.py\n+++ b/other.py\n@@ -1 +1,2 @@\n two\n+three\n"
    assert patch.apply([patch.parse(two)], files("one\ntwo\nthree\n"))["other.py"] == "two\nthree\n"


def test_a_line_that_is_none_of_a_diff_is_refused() -> None:
    with pytest.raises(PatchConflict, match="Not a line"):
        patch.parse(DIFF + "\\ No newline at end of file\n")
