"""What a person sees of a replay's page in a real browser: light, dark, on paper, by keyboard.

`pytest tests/ui`; with DOJO_SCREENSHOTS=FOLDER it keeps the pictures.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dojo.replay.compare import differences
from dojo.replay.page import write
from tests.browser import CHROMIUM, FLAGS
from tests.replay.made_up import hostile, many, retried, story

if CHROMIUM is None:
    pytest.skip("Chromium is not installed: apt-get install chromium", allow_module_level=True)
playwright = pytest.importorskip("playwright.sync_api", reason="the tox environment `ui` has it")

MINE, OTHER = story(retried(1, 0, 10)), story(retried(1, 0, 60))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Any, tmp_path: Path) -> Iterator[Any]:
    stories = [("yours", MINE), ("reference", OTHER)]
    file = tmp_path / "run.html"
    file.write_text(write("A replay", stories, differences(MINE, OTHER)), encoding="utf-8")
    context = browser.new_context(viewport={"width": 1000, "height": 600})
    opened = context.new_page()
    opened.asked = []
    opened.on("request", lambda request: opened.asked.append(request.url))
    opened.goto(file.as_uri())
    yield opened
    context.close()


def keep(page: Any, name: str) -> None:
    if folder := os.environ.get("DOJO_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize(
    ("scheme", "paper"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(13, 17, 23)")]
)
def test_paper_is_as_the_reader_likes_it(page: Any, scheme: str, paper: str) -> None:
    page.emulate_media(color_scheme=scheme)
    keep(page, f"replay-{scheme}")
    colour = "element => getComputedStyle(element).backgroundColor"

    assert page.locator("body").evaluate(colour) == paper
    assert page.locator("svg").evaluate(colour) == paper


def test_on_paper_the_table_is_open_and_the_paper_white(page: Any) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    keep(page, "replay-print")

    colour = page.locator("body").evaluate("one => getComputedStyle(one).backgroundColor")
    assert colour == "rgb(255, 255, 255)"
    assert page.locator("details table").first.is_visible()


def test_keyboard_goes_from_bar_to_bar(page: Any) -> None:
    said = []
    for _ in range(3):
        page.keyboard.press("Tab")
        said.append(page.evaluate("document.activeElement.getAttribute('aria-label')"))

    assert said[2] == "load: the engine waits 10 s, from 20 ms to 10 s, skipped by the test's clock"
    assert len(set(said)) == 3


def test_nothing_is_asked_of_anybody(page: Any) -> None:
    assert len(page.asked) == 1


@pytest.mark.parametrize("told", [many(1000), hostile()], ids=["many", "hostile"])
def test_page_is_no_wider_than_its_window(page: Any, tmp_path: Path, told: Any) -> None:
    file = tmp_path / "other.html"
    file.write_text(write("Another", [("yours", told)]), encoding="utf-8")
    page.goto(file.as_uri())
    keep(page, f"replay-{len(told.runs)}")

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.scripts.length") == 0
