"""Order the pages of a site: what its head leads to, and what lies below each of those."""

from __future__ import annotations

from collections.abc import Iterator

from dojo.catalog.kata import Kata, Language
from dojo.site.pages import DECISIONS, Site, heading_of
from dojo.site.replays import REPLAYS, pages_title

# The way to pages that are in English only.
AUTHORS_FR = "auteurs"
_HEAD: dict[Language, dict[str, str]] = {
    "en": {
        "path": "Path",
        "guide": "Guide",
        "docs/instructors": "Instructors",
        "contributing": "Authors",
        "docs/works": "Versions",
    },
    "fr": {
        "path": "Parcours",
        "guide": "Guide",
        "docs/instructors": "Enseignants",
        AUTHORS_FR: "Auteurs",
        "docs/works": "Versions",
    },
}
_BELOW = {
    AUTHORS_FR: ("docs/authors",),
    "docs/instructors": ("docs/marks", "docs/scale"),
    "contributing": (
        "docs/authors",
        "docs/processes",
        DECISIONS,
        "docs/releasing",
        "changelog",
        "changelog/index",
    ),
}


def made_places(site: Site, language: Language) -> dict[str, str]:
    """Return the places and titles of pages that are made here, which no file tells."""
    made = {"path": _HEAD[language]["path"]}
    if language == "en" and any(place.startswith("docs/decisions/") for _, place in site.pages):
        made[DECISIONS] = "Decisions"
    if language == "fr" and english_only(site):
        made[AUTHORS_FR] = "Pour les auteurs"
    if not site.has(language, "index"):
        made["index"] = site.title
    for kata in site.katas:
        if kata.id in site.replays and site.has(language, f"katas/{kata.name}/index"):
            made[f"katas/{kata.name}/{REPLAYS}"] = pages_title(
                short_title(kata, language), language
            )
    return made


def english_only(site: Site) -> list[str]:
    """Return the places of what is read in English only, in the order of their outline."""
    wanted = ("contributing", *_BELOW["contributing"])
    places = [one for one in wanted if one == DECISIONS or site.has("en", one)]
    return [
        one for one in places if not site.has("fr", one) and (one != DECISIONS or decisions(site))
    ]


def decisions(site: Site) -> list[str]:
    """Return the places of the decisions, in the order of their numbers."""
    return sorted(
        place
        for language, place in site.pages
        if language == "en" and place.startswith("docs/decisions/")
    )


def outline(site: Site, language: Language) -> dict[str, list[tuple[str, str]]]:
    """Return below each place the titles and places that come next; no title: the page's own.

    Every page of the language is below one place, so that each can be reached from the head.
    """
    made = made_places(site, language)
    there = {place for one, place in site.pages if one == language} | set(made)
    below = {"index": [(title, one) for one, title in _HEAD[language].items() if one in there]}
    for place, more in _BELOW.items():
        if place in there:
            below[place] = [("", one) for one in more if one in there]
    if DECISIONS in there:
        below[DECISIONS] = [("", one) for one in decisions(site)]
    for kata in site.katas:
        readings = [one for one in there if one.startswith(f"katas/{kata.name}/")]
        below[f"katas/{kata.name}/index"] = [
            ("", one) for one in sorted(readings) if not one.endswith("/index")
        ]
    stops = [
        (short_title(kata, language), f"katas/{kata.name}/index")
        for kata in site.katas
        if f"katas/{kata.name}/index" in there
    ]
    reached = {one for some in below.values() for _, one in some} | {"index"}
    rest = sorted(there - reached - {one for _, one in stops})
    below["path"] = [*stops, *(("", one) for one in rest)]
    return {place: more for place, more in below.items() if more and place in there}


def short_title(kata: Kata, language: Language) -> str:
    """Return the number and name of a kata, without what broke."""
    return f"{kata.number:02d} {kata.title.short(language)}"


def tree_of(place: str, more: list[tuple[str, str]]) -> str:
    """Return what tells Sphinx which pages are below a page."""
    lines = [f"{title} </{one}>" if title else f"/{one}" for title, one in more]
    depth = ":titlesonly:\n" if place else ""
    return "\n".join(["", "```{toctree}", f":hidden:\n{depth}", *lines, "```", ""])


def told_decisions(site: Site) -> Iterator[str]:
    """Yield the lines of the page that lists the decisions."""
    yield "# Decisions\n\nWhy it is as it is: goal, choice, what was rejected, how to undo.\n"
    for place in decisions(site):
        title = heading_of(site.text(site.pages["en", place]))
        yield f"- [{title}]({place.rsplit('/', 1)[1]}.md)"
