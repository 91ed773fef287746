"""doctor/text.py: how findings are shown, and the last line."""

from __future__ import annotations

import pytest
from rich.console import Console

from doctor import text
from doctor.finding import Finding, failure, ok, warning


@pytest.mark.parametrize("width", [80, 40])
def test_a_finding_is_readable(width: int) -> None:
    finding = failure(
        "port", "Port 8000 is taken \x1b[2J by python3: end it, or choose another.", f"kill {'1' * 90}"
    )
    lines = shown(finding, width)
    assert [line for line in lines if len(line) > width] == [
        f"{' ' * (15 if width == 80 else 4)}kill {'1' * 90}"
    ]
    assert lines[0].startswith("x port" + (" " * 9 if width == 80 else ": ") + "Port 8000")
    assert "\\x1b[2J" in " ".join(lines)


def test_what_is_long_is_folded_and_not_cut_off() -> None:
    lines = shown(ok("workspace", f"/{'x' * 100}, 9 GB free"), 40)
    assert sum(line.count("x") for line in lines) == 100


def shown(finding: Finding, width: int) -> list[str]:
    console = Console(width=width, color_system=None, highlight=False, markup=False)
    with console.capture() as capture:
        console.print(text.render(finding, width), crop=False)
    return [line.rstrip() for line in capture.get().splitlines()]


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([ok("a", "")], "Ready for an interview."),
        ([ok("a", ""), warning("b", "")], "Ready for an interview, with 1 warning."),
        ([failure("a", ""), warning("b", "")], "An interview would fail here: 1 failure, 1 warning."),
        ([failure("a", "")] * 2, "An interview would fail here: 2 failures, 0 warnings."),
    ],
)
def test_the_last_line(findings: list[Finding], expected: str) -> None:
    assert str(text.summary(findings)) == expected
