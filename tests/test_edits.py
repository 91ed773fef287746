"""graders/edits.py: what a submission changed, as a diff."""

from __future__ import annotations

from graders import edits

HANDED_OUT = [{"a.py": "one\ntwo\nthree\n", "same.py": "x\n"}, {"a.py": "1\n2\n3\n", "same.py": "x\n"}]


def test_a_file_is_compared_with_the_tree_to_which_it_is_nearest() -> None:
    assert edits.diff({"a.py": b"1\n2\n4\n"}, ["a.py"], HANDED_OUT) == (
        "--- a/a.py\n+++ b/a.py\n@@ -1,3 +1,3 @@\n 1\n 2\n-3\n+4\n"
    )


def test_added_and_removed_files_say_so() -> None:
    text = edits.diff({"new.py": b"x = 1\n"}, ["a.py", "new.py"], HANDED_OUT)
    assert "--- a/a.py\n+++ /dev/null\n" in text
    assert "--- /dev/null\n+++ b/new.py\n@@ -0,0 +1 @@\n+x = 1\n" in text


def test_windows_line_ends_are_no_change() -> None:
    text = edits.diff({"a.py": b"one\r\ntwo\r\nTHREE\r\n"}, ["a.py"], HANDED_OUT)
    assert "-two" not in text and "-three\n+THREE\n" in text


def test_what_is_no_text_is_named_and_not_shown() -> None:
    text = edits.diff({"a.bin": b"\0\1\2"}, ["a.bin"], HANDED_OUT)
    assert "+(not a text: 3 bytes)\n" in text


def test_bytes_that_are_no_utf_8_do_no_harm() -> None:
    assert "+caf\ufffd\n" in edits.diff({"a.py": b"caf\xe9\n"}, ["a.py"], HANDED_OUT)


def test_a_long_diff_is_cut_and_says_so() -> None:
    many = b"".join(b"line %d\n" % nth for nth in range(5000))
    lines = edits.diff({"new.py": many}, ["new.py"], HANDED_OUT).splitlines()
    assert len(lines) == edits.LINES_LIMIT + 1
    assert lines[-1] == "... and 3503 more lines"


def test_a_long_line_is_cut() -> None:
    text = edits.diff({"new.py": b"x" * 10_000}, ["new.py"], HANDED_OUT)
    assert max(map(len, text.splitlines())) == edits.LINE_CHARACTERS + 3
