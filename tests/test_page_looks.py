"""graders/report/page.py: how a page looks, light and dark, and on a phone in a real browser."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pages
import pytest
from pages import HOSTILE, report

from graders.report import page

harmless = pytest.fixture(scope="module")(pages.harmless)


def _colours(css: str) -> Iterator[dict[str, str]]:
    for block in re.findall(r":root \{(.*?)\}", css, re.DOTALL)[:2]:
        yield dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block))


def _contrast(one: str, other: str) -> float:
    """As WCAG 2.2 defines it."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[nth : nth + 2], 16) / 255 for nth in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_text_stands_out_in_both_colour_schemes(harmless: str) -> None:
    schemes = list(_colours(harmless))
    assert len(schemes) == 2 and schemes[0].keys() == schemes[1].keys()
    backgrounds = {"paper", "sheet"}
    code = {"ink", "keyword", "string", "number", "name", "remark"}
    for scheme in schemes:
        for text in scheme.keys() - backgrounds - {"rule", "zone", "add", "cut"}:
            on = (
                backgrounds
                | ({"add", "cut"} if text in code else set())
                | ({"zone"} if text == "ink" else set())
            )
            for background in on:
                assert _contrast(scheme[text], scheme[background]) >= 4.5, (text, background, scheme[text])


FRAME = """<!doctype html><iframe srcdoc="{page}" style="border: 0; width: {width}px; height: 800px"></iframe>
<output></output><script>
onload = () => {{
  const whole = document.querySelector("iframe").contentDocument.documentElement
  document.querySelector("output").textContent =
    [whole.clientWidth, whole.scrollWidth, getComputedStyle(whole).colorScheme].join(" ")
}}
</script>"""


def browsed(browser: str, text: str, width: int, dark: bool, folder: Path) -> tuple[list[str], str]:
    """Width to be had, width needed and colour scheme of a page in a window so wide; and its console."""
    wrapper = folder / "wrapper.html"
    wrapper.write_text(FRAME.format(page=html.escape(text), width=width))
    done = subprocess.run(
        [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--enable-logging=stderr",
            f"--user-data-dir={folder / 'profile'}",
            f"--blink-settings=preferredColorScheme={0 if dark else 1}",
            "--virtual-time-budget=2000",
            "--dump-dom",
            wrapper.as_uri(),
        ],
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder)},
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
        check=True,
    )
    (found,) = re.findall(r"<output>(.*?)</output>", done.stdout)
    return found.split(), "".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("text", ["", HOSTILE, "\"'<&" * 500], ids=["harmless", "hostile", "long"])
def test_a_browser_shows_it_on_a_phone_without_scrolling_sideways(
    text: str, dark: bool, tmp_path: Path
) -> None:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if not browser:
        pytest.skip("no Chromium here")
    (had, needed, scheme), console = browsed(browser, page.render(report(text)), 390, dark, tmp_path)
    assert int(needed) == int(had) > 360
    assert scheme == ("dark" if dark else "light")
    assert console == ""


@pytest.mark.slow
def test_the_browser_would_tell_of_a_script_and_of_scrolling(tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if not browser:
        pytest.skip("no Chromium here")
    spoilt = page.render(report()).replace("<main>", "<main><script>1</script><p style='width: 500px'>x</p>")
    (had, needed, _), console = browsed(browser, spoilt, 390, False, tmp_path)
    assert int(needed) > int(had)
    assert "Content Security Policy" in console
