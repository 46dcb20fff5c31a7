"""The page stands alone, is well formed whatever is in it, and says all of it in words, too."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from dojo.replay.page import write
from dojo.replay.palette import COLOURS
from dojo.replay.story import Story
from dojo.replay.timeline import lay_out
from dojo.replay.words import Say
from tests.replay.made_up import HOSTILE, hostile, many, retried, run, story

EMPTY = {"meta", "br", "img", "link", "input", "hr"}
LEAST_CONTRAST_OF_TEXT, LEAST_CONTRAST_OF_SHAPES = 4.5, 3.0


class Seen(HTMLParser):
    """What a parser sees of a page; each element is closed by its own end."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.faults: list[str] = []
        self.feed(page)
        self.close()
        self.faults += self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def page_of(*stories: Story) -> str:
    named = list(zip(("yours", "reference"), stories, strict=False))
    return write("02 Retries", named, ["load: waits 10 s"], ["A note."])


@pytest.mark.parametrize("told", [hostile(), many(40), story(), story(retried(1, 0, 60))])
def test_page_is_well_formed(told: Story) -> None:
    assert Seen(page_of(told, told)).faults == []


def test_what_a_learner_names_is_text() -> None:
    seen = Seen(write(HOSTILE, [(HOSTILE, hostile())], [HOSTILE], [HOSTILE]))

    assert {name for name, _ in seen.elements} <= {
        *("html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "p", "figure"),
        *("svg", "defs", "pattern", "path", "g", "rect", "text", "line", "ul", "li", "div"),
        *("table", "caption", "thead", "tbody", "tr", "th", "td", "details", "summary"),
    }
    assert any("<script>" in text for text in seen.text)


def test_long_name_of_a_file_does_not_lie_on_the_scale() -> None:
    name = "19_wrong_futures_are_kept_until_the_very_end.py"
    svg = write("19", [(name, story(retried(1, 0, 60)))], [], []).split("</svg>")[0]
    assert f">{name}<" not in svg
    assert f">{name[:10]}" in svg


def test_page_loads_and_runs_nothing() -> None:
    page = page_of(hostile(), many(20))
    seen = Seen(page)
    names = {name for _, attributes in seen.elements for name in attributes}

    assert not names & {"src", "href", "srcset", "onload", "onclick", "xlink:href"}
    assert not re.search(r"@import|url\((?!#)", page)
    assert "default-src 'none'" in page


def test_each_bar_leads_back_to_a_stored_row_and_says_what_it_is() -> None:
    told = story(retried(1, 0, 60), run(2, (1, "Pending"), (2, "Cached"), name="kept"))
    seen = Seen(page_of(told))
    groups = [one for one in seen.of("g") if "data-run" in one]
    bars = [bar for lane in lay_out(told).lanes for bar in lane.bars]

    found = [(int(one["data-run"] or 0), int(one["data-row"] or 0)) for one in groups]
    assert found == [(bar.run, bar.row) for bar in bars]
    assert all(told.of_run(number).states[row] for number, row in found)
    assert all(one["tabindex"] == "0" and one["aria-label"] for one in groups)
    said = [one["aria-label"] for one in groups]
    assert said[2] == (
        "load: the engine waits 60 s, from 20 ms to 60 s, skipped by the test's clock"
    )


def test_table_says_the_same_as_the_picture() -> None:
    told = story(retried(1, 0, 60), run(2, (1, "Running"), (2, "Failed"), gets=(1,), name="score"))
    seen = Seen(page_of(told))

    assert "AwaitingRetry: waits 60 s, skipped" in seen.text
    assert "load (1)" in seen.text
    assert len(seen.of("tr")) == 1 + 4 + 1 + 1 + 1


def test_result_that_is_handed_on_has_a_line() -> None:
    told = story(retried(1, 0, 60), run(2, (1, "Running"), (2, "Failed"), gets=(1,), name="score"))

    assert [one["data-from"] for one in Seen(page_of(told)).of("path") if "data-from" in one] == [
        "1"
    ]


def test_thousand_runs_are_one_stop_of_the_keyboard() -> None:
    page = page_of(many(1000))
    seen = Seen(page)

    assert len([one for one in seen.of("g") if "tabindex" in one]) == 2
    assert len([one for one in seen.of("rect") if "data-run" in one]) == 1000
    height = next(float(one["height"] or 0) for one in seen.of("svg"))
    assert height < 250
    assert len(page) < 600_000


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", COLOURS)
def test_colours_can_be_told_from_the_paper(name: str) -> None:
    colours = dict(COLOURS[name])
    paper = colours.pop("paper")
    shapes = {"line": 1.0, "flow": LEAST_CONTRAST_OF_SHAPES, "work": LEAST_CONTRAST_OF_SHAPES}

    weak = {
        name: round(_contrast(colour, paper), 1)
        for name, colour in colours.items()
        if _contrast(colour, paper) < shapes.get(name, LEAST_CONTRAST_OF_TEXT)
    }
    assert weak == {}


def test_lengths_have_the_decimal_mark_of_the_language() -> None:
    told = "read: Running from 1.5 ms to 13.3 ms, then Failed"

    assert Say("fr")(told) == "read\N{NO-BREAK SPACE}: Running de 1,5 ms à 13,3 ms, puis Failed"
    assert Say("fr")("ml 3.9.1 s") == "ml 3.9.1 s"
    assert Say("en")(told) == told
