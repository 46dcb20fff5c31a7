"""Check a built site: every inner link and anchor holds, and nothing is loaded from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# What a browser loads by itself, beside what a person follows.
_LOADED = {
    ("audio", "src"),
    ("iframe", "src"),
    ("img", "src"),
    ("img", "srcset"),
    ("link", "href"),
    ("object", "data"),
    ("script", "src"),
    ("source", "src"),
    ("source", "srcset"),
    ("video", "src"),
}
_FOLLOWED = {("a", "href"), ("form", "action")}
# Links in a page's head that no browser loads.
_TOLD_ONLY = {"alternate", "author", "canonical", "index", "next", "prev", "search"}
_IN_STYLE = re.compile(r"url\(\s*[\"']?([^\"')]+)|@import\s+[\"']([^\"']+)")


class _Reader(HTMLParser):
    """Collects of one page its anchors, what it leads to, and what it loads."""

    def __init__(self) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.followed: set[str] = set()
        self.loaded: set[str] = set()
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what one element says; see `HTMLParser`."""
        self._in_style = tag == "style"
        said = {key: value for key, value in attrs if value}
        self.anchors.update(said[key] for key in ("id", "name") if key in said)
        for key, value in said.items():
            is_told = tag == "link" and set(said.get("rel", "").split()) <= _TOLD_ONLY
            if (tag, key) in _FOLLOWED or (is_told and key == "href"):
                self.followed.add(value)
            elif (tag, key) in _LOADED:
                self.loaded.add(value.split()[0])
            elif key == "style":
                self.loaded.update(_of_style(value))

    def handle_data(self, data: str) -> None:
        """Take what a style in the page loads; see `HTMLParser`."""
        if self._in_style:
            self.loaded.update(_of_style(data))


def faults_of(folder: Path) -> Iterator[str]:
    """Yield a line for each link, anchor and file of a site that leads nowhere or elsewhere.

    Args:
        folder: The site; each `.html` and `.css` file below it is read, but what a theme has as
            HTML among its own files: no page.
    """
    readers = {}
    for path in sorted(folder.rglob("*.html")):
        if "_static" in path.relative_to(folder).parts:
            continue
        reader = _Reader()
        reader.feed(path.read_text(encoding="utf-8"))
        readers[path] = reader
    anchors = {path: reader.anchors for path, reader in readers.items()}
    for path, reader in readers.items():
        where = path.relative_to(folder).as_posix()
        for link in sorted(reader.loaded):
            yield from _fault(folder, path, link, anchors, where, is_loaded=True)
        for link in sorted(reader.followed):
            yield from _fault(folder, path, link, anchors, where, is_loaded=False)
    for path in sorted(folder.rglob("*.css")):
        where = path.relative_to(folder).as_posix()
        for link in sorted(_of_style(path.read_text(encoding="utf-8"))):
            yield from _fault(folder, path, link, anchors, where, is_loaded=True)


def _of_style(text: str) -> set[str]:
    return {(one or other).strip() for one, other in _IN_STYLE.findall(text)}


def _fault(
    folder: Path,
    path: Path,
    link: str,
    anchors: dict[Path, set[str]],
    where: str,
    *,
    is_loaded: bool,
) -> Iterator[str]:
    parts = urlsplit(link)
    if parts.scheme == "data" or (not is_loaded and (parts.scheme or parts.netloc)):
        return
    if parts.scheme or parts.netloc:
        yield f"{where}: loads {link} from elsewhere"
        return
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    target = target / "index.html" if target.is_dir() else target
    if not target.is_relative_to(folder.resolve()) or not target.is_file():
        yield f"{where}: {link} leads nowhere"
    elif target in anchors and parts.fragment:
        anchor = unquote(parts.fragment)
        if anchor not in anchors[target] and not anchor.startswith(":~:"):
            yield f"{where}: {link} leads to a page without that anchor"
