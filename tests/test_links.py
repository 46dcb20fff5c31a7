"""Every relative link of the pages leads to a file that exists, and to a heading of it."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("README*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("katas/**/*.md")])
OUTSIDE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


def tokens_of(page: Path) -> list[Token]:
    return MarkdownIt().enable("table").parse(page.read_text(encoding="utf-8"))


def links_of(page: Path) -> list[str]:
    inside = [part for token in tokens_of(page) for part in token.children or []]
    found = [part.attrGet("href") or part.attrGet("src") for part in inside]
    return sorted({str(link) for link in found if link and not OUTSIDE.match(str(link))})


def anchors_of(page: Path) -> set[str]:
    """Return the page's headings as GitHub names them in addresses."""
    tokens = tokens_of(page)
    titles = [tokens[at + 1].content for at, one in enumerate(tokens) if one.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


LINKS = [
    pytest.param(page, link, id=f"{page.relative_to(ROOT)}-{link}")
    for page in PAGES
    for link in links_of(page)
]


@pytest.mark.parametrize(("page", "link"), LINKS)
def test_relative_link_leads_somewhere(page: Path, link: str) -> None:
    path, _, anchor = unquote(link).partition("#")
    target = page.parent / path if path else page
    assert target.exists()
    if anchor and target.suffix == ".md":
        assert anchor in anchors_of(target)


@pytest.mark.parametrize("kata", sorted(ROOT.glob("katas/[0-9]*")), ids=lambda kata: kata.name)
def test_page_of_a_kata_leads_to_the_house_rules(kata: Path) -> None:
    assert "../RULES.md" in links_of(kata / "README.md")
    assert "../RULES.fr.md" in links_of(kata / "README.fr.md")
