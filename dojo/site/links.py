"""Turn the links of a page into links of the site; what is not on it is text, or the repository's.

The pages are written to be read in the repository, where each link leads to a file.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import PurePosixPath
from urllib.parse import quote, unquote

from dojo.site.pages import DECISIONS, Page, Site, page_at

# Code comes first: what looks like a link there is none.
_CODE_OR_LINK = re.compile(
    r"^(?P<fence> *(?:`{3,}|~{3,})).*?(?:^(?P=fence)`*~* *$|\Z)"
    r"|(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)"
    r"|(?P<image>!?)\[(?P<text>(?:[^\[\]`]|`[^`]*`|!\[[^\]]*\]\([^)]*\))*)\]"
    r"\((?P<to>[^()\s]+)(?P<title> \"[^\"]*\")?\)",
    re.MULTILINE | re.DOTALL,
)
_CODE_OR_SIGN = re.compile(
    _CODE_OR_LINK.pattern + r"|^#[^\n]*$|(?<=[\w)\]`*»]) (?P<sign>[:;?!»])",
    re.MULTILINE | re.DOTALL,
)
_OUTSIDE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#", re.IGNORECASE)
_PICTURES = (".gif", ".jpg", ".png", ".svg", ".webp")
# A line that leads to the same page in the other language: the site's head does that.
_OTHER_LANGUAGE = re.compile(r"^\[[^\]]+\]\((?P<to>[^()\s/]+\.md)\) *$", re.MULTILINE)
# An address of the site itself that Sphinx does not resolve, see sphinx/conf.py.
SCHEME = "site:"


def on_the_site(site: Site, page: Page) -> tuple[str, set[PurePosixPath]]:
    """Return a page as it stands on the site, line by line.

    Args:
        site: Where links may lead.
        page: The page to read.

    Returns:
        Its Markdown; and the pictures that it shows, below the checkout.
    """
    pictures: set[PurePosixPath] = set()

    def drop(match: re.Match[str]) -> str:
        return "" if page_at(page.source.with_name(match["to"])).place == page.place else match[0]

    def turn(match: re.Match[str]) -> str:
        if match["to"] is None or _OUTSIDE.match(match["to"]):
            return match[0]
        path, _, anchor = match["to"].partition("#")
        source = PurePosixPath(posixpath.normpath(page.source.parent / unquote(path)))
        if match["image"] and source.suffix.lower() in _PICTURES and (site.root / source).is_file():
            pictures.add(source)
            to: str | None = relative(str(source), page.place)
        else:
            to = _address(site, page, source, anchor)
        text = match["text"] if match["image"] else _CODE_OR_LINK.sub(turn, match["text"])
        return f"{match['image']}[{text}]({to}{match['title'] or ''})" if to else text

    text = _OTHER_LANGUAGE.sub(drop, site.text(page), count=1)
    text = _CODE_OR_LINK.sub(turn, text)
    return text, pictures


def in_french(text: str) -> str:
    """Keep signs with a space before them from beginning a line; headings are named by links."""

    def keep(match: re.Match[str]) -> str:
        return match[0] if match["sign"] is None else f"\N{NO-BREAK SPACE}{match['sign']}"

    return _CODE_OR_SIGN.sub(keep, text)


def _address(site: Site, page: Page, source: PurePosixPath, anchor: str) -> str | None:
    """Return where a link to a file of the checkout leads; None if nowhere."""
    tail = f"#{anchor}" if anchor else ""
    if str(source) == "katas":
        return f"{relative('path', page.place)}.md{tail}"
    target = page_at(source)
    if source.suffix != ".md":  # a folder is its page, in the language of who asks
        target = page_at(source / "README.md")
        target = site.pages.get((page.language, target.place), target)
    if site.has(target.language, target.place) or target.place == DECISIONS:
        if target.language != page.language:
            return f"{SCHEME}{across(page, target.place)}{tail}"
        return f"{relative(target.place, page.place)}.md{tail}"
    if site.repository and not str(source).startswith(".."):
        return f"{site.repository}/blob/HEAD/{quote(str(source))}{tail}"
    return None


def relative(place: str, start: str) -> str:
    """Return a path on the site as seen from the page at `start`."""
    folder = posixpath.relpath(posixpath.dirname(place) or ".", posixpath.dirname(start) or ".")
    return posixpath.normpath(posixpath.join(folder, posixpath.basename(place)))


def across(page: Page, place: str) -> str:
    """Return the address of a page of the other language: French lies in a folder `fr`."""
    here = f"fr/{page.place}" if page.language == "fr" else page.place
    there = place if page.language == "fr" else f"fr/{place}"
    return f"{relative(there, here)}.html"
