"""The picture of a page's small example is that of the code on the page, and the page shows it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from dojo.catalog.kata import find_kata, load_catalog
from dojo.replay.story import read_stories

ROOT = Path(__file__).resolve().parents[2]


def command() -> Any:
    spec = importlib.util.spec_from_file_location("make_examples", ROOT / "docs/make_examples.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAKE = command()
KATAS = [find_kata(load_catalog(ROOT), name) for name in MAKE.EXAMPLES]


@pytest.mark.parametrize("kata", KATAS, ids=lambda kata: kata.id)
def test_what_was_recorded_is_of_the_code_on_the_page(kata: Any) -> None:
    kept = {one.solution for one in read_stories(MAKE.KEPT) if one.kata == kata.id}

    assert kept == {MAKE.digest_of(kata)}, "python docs/make_examples.py records it anew"


def test_each_picture_is_what_is_drawn_of_it() -> None:
    for path, picture in MAKE.pictures().items():
        assert path.read_text(encoding="utf-8") == picture, "python docs/make_examples.py"
        ElementTree.fromstring(picture)


@pytest.mark.parametrize("kata", KATAS, ids=lambda kata: kata.id)
@pytest.mark.parametrize(
    ("page", "picture"), [("README.md", "example.svg"), ("README.fr.md", "example.fr.svg")]
)
def test_page_shows_its_picture_with_a_text(kata: Any, page: str, picture: str) -> None:
    text = (kata.folder / page).read_text(encoding="utf-8")

    assert f"]({picture})" in text
    assert "![](" not in text


def test_each_caption_is_said_in_french() -> None:
    captions = {one.test for one in read_stories(MAKE.KEPT)}
    same = {one for one in captions if one.startswith("make_report(") or one.endswith(".csv")}

    assert captions - same == set(MAKE.FRENCH)
