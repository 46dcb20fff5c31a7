"""Every link and every number of a kata in the pages leads to what exists; nothing is promised."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from dojo.catalog.pack import Track, own_pack
from dojo.place.pack import read_pack

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("README*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("katas/**/*.md")])
# What a learner reads: pages, hints, messages.
READ = [*PAGES, *sorted(ROOT.glob("katas/*/*.toml")), *sorted(ROOT.glob("katas/*/test_*.py"))]
KNOWN = {path.name[:2] for path in ROOT.glob("katas/[0-9]*_*")}
PROMISE = re.compile(r"[(,] ?(?:to come|coming soon|à venir|bientôt)\b(?! back)", re.IGNORECASE)
KATA = re.compile(r"\bkatas? (\d\d(?:(?:, | and | et )\d\d)*)")
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


@pytest.mark.parametrize("track", [None, *own_pack().tracks])
def test_page_of_a_workspace_leads_to_what_that_has(track: Track | None, tmp_path: Path) -> None:
    files = read_pack(track, None).files
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    pages = [tmp_path / name for name in files if name.endswith(".md")]
    links = [(page, unquote(link).partition("#")[0]) for page in pages for link in links_of(page)]

    assert len(links) > 5
    assert [(page.name, link) for page, link in links if not (page.parent / link).exists()] == []


def test_link_that_leads_is_left_and_another_becomes_its_text() -> None:
    page = (ROOT / "katas/01_tasks_flows/README.md").read_text(encoding="utf-8")
    whole = read_pack(None, None).files["katas/01_tasks_flows/README.md"].decode()
    part = read_pack("prefect", None).files["katas/01_tasks_flows/README.md"].decode()

    assert whole == page
    assert "](../07_tracking/README.md)" in page
    assert "](../07_tracking/README.md)" not in part


@pytest.mark.parametrize("file", READ, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_named_exists(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    named = {number for numbers in KATA.findall(text) for number in re.findall(r"\d\d", numbers)}
    assert named <= KNOWN
    assert PROMISE.findall(text) == []


@pytest.mark.parametrize("kata", sorted(ROOT.glob("katas/[0-9]*")), ids=lambda kata: kata.name)
def test_page_of_a_kata_leads_to_the_house_rules(kata: Path) -> None:
    assert "../RULES.md" in links_of(kata / "README.md")
    assert "../RULES.fr.md" in links_of(kata / "README.fr.md")
