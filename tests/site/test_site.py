"""The site as a reader has it: built by the command, opened from a folder in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dojo.catalog.kata import load_catalog
from dojo.cli.door import app
from dojo.ground.exits import Exit
from dojo.replay.palette import COLOURS
from dojo.site.pages import site_of
from tests.browser import CHROMIUM, FLAGS

ROOT = Path(__file__).resolve().parents[2]
DESK, PHONE = {"width": 1400, "height": 900}, {"width": 390, "height": 844}
FIRST = {"en": "index.html", "fr": "fr/index.html"}

playwright = pytest.importorskip("playwright.sync_api", reason="the tox environment `site` has it")
pytest.importorskip("pydata_sphinx_theme")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="Chromium is not installed: apt-get install chromium"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("built") / "site"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        done = CliRunner().invoke(app, ["site", "--out", str(out)])
    assert (done.exit_code, done.output) == (Exit.DONE, f"{out / 'index.html'}\n")
    return out


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def page(browser: Any, site: Path) -> Iterator[Any]:
    """Return a page that fails the test if it asks anything but the folder, or complains."""
    opened = browser.new_page(viewport=DESK)
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("pageerror", lambda error: asked.append(str(error)))
    yield opened
    opened.close()
    # The lines of text below a hit of the search are fetched, which a folder does not allow.
    fine = (site.as_uri(), "data:", "Failed to fetch")
    assert [one for one in asked if not one.startswith(fine)] == []


def pages_of(site: Path) -> list[str]:
    paths = sorted(site.rglob("*.html"))
    names = [path.relative_to(site) for path in paths]
    return [str(name) for name in names if "_static" not in name.parts]


def test_every_page_of_the_checkout_is_there(site: Path) -> None:
    there = site_of(ROOT, load_catalog(ROOT)).pages
    wanted = {f"{'fr/' * (language == 'fr')}{place}.html" for language, place in there}

    assert wanted <= set(pages_of(site))
    assert {path.suffix for path in site.rglob("*")} & {".py", ".toml", ".md"} == set()


def test_no_page_is_wider_than_a_phone(site: Path, page: Any) -> None:
    page.set_viewport_size(PHONE)
    wide = []
    for name in pages_of(site):
        page.goto((site / name).as_uri())
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(name)

    assert wide == []


@pytest.mark.parametrize("language", FIRST)
def test_start_page_is_one_screen(site: Path, page: Any, language: str) -> None:
    page.goto((site / FIRST[language]).as_uri())
    ends = page.evaluate(
        "[...document.querySelectorAll('article section section > *')]"
        ".map(one => one.getBoundingClientRect().bottom)"
    )

    assert len(ends) >= 4
    assert max(ends) <= DESK["height"]


@pytest.mark.parametrize(
    ("language", "words", "found"),
    [
        ("en", "retry jitter", "katas/02_retries/index.html"),
        ("fr", "réessais", "katas/02_retries/index.html"),
        ("fr", "enseignants", "docs/instructors.html"),
    ],
)
def test_search_finds_pages_without_a_server(
    site: Path, page: Any, language: str, words: str, found: str
) -> None:
    page.goto((site / FIRST[language]).as_uri())
    page.keyboard.press("Control+k")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?*")
    page.wait_for_selector(".search li a")
    hits = [one.evaluate("one => one.href") for one in page.query_selector_all(".search li a")]

    folder = site / "fr" if language == "fr" else site
    assert any(hit.startswith((folder / found).as_uri()) for hit in hits)


def test_language_leads_to_the_same_page_and_back(site: Path, page: Any) -> None:
    here, there = "katas/02_retries/index.html", "fr/katas/02_retries/index.html"
    page.goto((site / here).as_uri())
    page.click("header .dojo-language")
    assert page.url == (site / there).as_uri()
    assert page.evaluate("document.documentElement.lang") == "fr"
    page.click("header .dojo-language")
    assert page.url == (site / here).as_uri()


def test_keyboard_skips_to_the_text_and_sees_where_it_is(site: Path, page: Any) -> None:
    page.goto((site / "path.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main-content"
    page.keyboard.press("Enter")
    page.focus("ul.path a")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")

    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


def test_replay_is_walked_through_with_the_keyboard_in_the_colours_of_the_page(
    site: Path, page: Any
) -> None:
    page.goto((site / "katas/02_retries/index.html").as_uri())
    page.click(".theme-switch-button")
    page.click(".theme-change-button[data-mode=dark]")
    page.focus(".replayed g[tabindex]")
    page.keyboard.press("Tab")

    said = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert said.startswith("load_customers, attempt 1: Running from ")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    paper = page.evaluate("getComputedStyle(document.querySelector('.replay')).backgroundColor")
    assert paper == "rgb({}, {}, {})".format(*bytes.fromhex(COLOURS["dark"]["paper"][1:]))


def test_light_and_dark_follow_the_reader_and_the_switch(
    site: Path, browser: Any, scheme: str
) -> None:
    page = browser.new_page(viewport=DESK, color_scheme=scheme)
    page.goto((site / "index.html").as_uri())
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    other = {"light": "dark", "dark": "light"}[scheme]
    page.click(".theme-switch-button")
    page.click(f".theme-change-button[data-mode={other}]")
    assert page.evaluate("document.documentElement.dataset.theme") == other
    page.close()
