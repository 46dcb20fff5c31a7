"""Lay out the pages of one language for Sphinx: their text, their pictures, their order."""

from __future__ import annotations

import json
import shutil
from pathlib import Path, PurePosixPath

from dojo.catalog.kata import Language
from dojo.ground.files import write_whole
from dojo.site.links import SCHEME, across, in_french, on_the_site
from dojo.site.outline import (
    AUTHORS_FR,
    english_only,
    made_places,
    outline,
    told_decisions,
    tree_of,
)
from dojo.site.pages import DECISIONS, Page, Site, heading_of
from dojo.site.path import path_page, stations
from dojo.site.replays import REPLAYS, replays_page, section, style

# What `sphinx/conf.py` reads beside the pages.
RECORD = "site.json"
# What `sphinx/conf.py` puts among the files of a theme: the style of the replays.
MADE = "made"


def lay_out(site: Site, language: Language, folder: Path) -> None:
    """Write the source of one language into an empty folder.

    Raises:
        OSError: A page cannot be read, or the folder not be written.
        UnicodeError: A page is not UTF-8.
    """
    below = outline(site, language)
    pictures: set[PurePosixPath] = set()
    texts = {place: _made(site, language, place) for place in made_places(site, language)}
    for (of, place), page in site.pages.items():
        if of == language:
            texts[place], shown = on_the_site(site, page)
            pictures |= shown
    for kata in site.katas:
        if kata.id in site.replays and f"katas/{kata.name}/index" in texts:
            texts[f"katas/{kata.name}/index"] += section(kata, site.replays[kata.id], language)
    if language == "fr":
        texts = {place: in_french(text) for place, text in texts.items()}
    for place, text in texts.items():
        path = folder / f"{place}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        tree = tree_of(place, below[place]) if place in below else ""
        write_whole(path, text.rstrip() + "\n" + tree)
    for picture in pictures:
        path = folder / picture
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(site.root / picture, path)
    (folder / MADE).mkdir()
    write_whole(folder / MADE / "replay.css", style())
    record = {
        "language": language,
        "title": site.title,
        "version": site.version,
        "has_start": site.has(language, "index"),
        # Nothing is below them, nothing beside: they have no list of pages at their side.
        "alone": [place for _, place in below["index"] if place not in below],
        "other": {place: _same_elsewhere(site, language, place) for place in texts},
    }
    write_whole(folder / RECORD, json.dumps(record, ensure_ascii=False))


def _same_elsewhere(site: Site, language: Language, place: str) -> str:
    """Return the address of the same page in the other language, or of its first page."""
    other: Language = "fr" if language == "en" else "en"
    counterpart = {AUTHORS_FR: "contributing", "contributing": AUTHORS_FR}.get(place, place)
    there = site.has(other, counterpart) or counterpart in made_places(site, other)
    here = Page(PurePosixPath(f"{place}.md"), language, place)
    return across(here, counterpart if there else "index")


def _made(site: Site, language: Language, place: str) -> str:
    """Return the text of a page that no file tells."""
    if place == "path":
        return path_page(site.katas, language)
    if place == DECISIONS:
        return "\n".join(told_decisions(site))
    if place == AUTHORS_FR:
        return _authors_in_english(site)
    kata = next((one for one in site.katas if place == f"katas/{one.name}/{REPLAYS}"), None)
    if kata is not None:
        title = made_places(site, language)[place]
        return replays_page(kata, title, site.replays[kata.id], language)
    return f"# {site.title}\n\n{stations(site.katas, language)}"


def _authors_in_english(site: Site) -> str:
    """Return the French page that leads to what is in English only."""
    here = Page(PurePosixPath(f"{AUTHORS_FR}.fr.md"), "fr", AUTHORS_FR)
    lines = ["# Pour les auteurs", "", "Ces pages sont en anglais.", ""]
    for place in english_only(site):
        page = site.pages.get(("en", place))
        title = heading_of(site.text(page)) if page else "Decisions"
        lines.append(f"- [{title}]({SCHEME}{across(here, place)})")
    return "\n".join(lines)
