"""Say which pages a site has: what a checkout tells in Markdown, in each language."""

from __future__ import annotations

import dataclasses
import re
import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from dojo.catalog.kata import Kata, Language
from dojo.replay.story import Story
from dojo.site.replays import kept_replays

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover - depends on the interpreter
    import tomli as tomllib

LANGUAGES: tuple[Language, ...] = ("en", "fr")
# Where pages are, beside the folders of katas. Nothing below reference/ is one.
_PATTERNS = (
    "README*.md",
    "CONTRIBUTING*.md",
    "CHANGELOG*.md",
    "changelog/README*.md",
    "docs/**/*.md",
    "katas/*.md",
)
# The one page that no file tells and that files lead to, as a folder.
DECISIONS = "docs/decisions/index"
_NAMED = {"readme": "guide", "docs/start": "index"}


@dataclasses.dataclass(frozen=True)
class Page:
    """One page of a checkout.

    Attributes:
        source: Its path below the checkout, such as `katas/02_retries/README.fr.md`.
        language: The language it is in.
        place: Where it is on the site in that language, such as `katas/02_retries/index`.
    """

    source: PurePosixPath
    language: Language
    place: str


def page_at(source: PurePosixPath) -> Page:
    """Return what a Markdown file of a checkout is on the site."""
    stem = str(source).removesuffix(".md")
    language: Language = "fr" if stem.endswith(".fr") else "en"
    stem = stem.removesuffix(".fr").lower()
    return Page(source, language, _NAMED.get(stem) or re.sub(r"/readme$", "/index", stem))


@dataclasses.dataclass(frozen=True)
class Site:
    """All that a site is made of.

    Attributes:
        root: The checkout.
        title: What it is called: the first heading of its README, or the folder's name.
        version: The version of `pyproject.toml`; empty without one.
        repository: The address of `[project.urls] Repository`, without a slash at its end; None
            where there is none.
        katas: In the order of their numbers.
        pages: By language and place.
        replays: What is kept of each kata's reference, by its id; without those that keep nothing.
    """

    root: Path
    title: str
    version: str
    repository: str | None
    katas: tuple[Kata, ...]
    pages: dict[tuple[Language, str], Page]
    replays: dict[str, tuple[Story, ...]]

    def has(self, language: Language, place: str) -> bool:
        """Say whether a page is there in that language."""
        return (language, place) in self.pages

    def text(self, page: Page) -> str:
        """Return what a page says."""
        return (self.root / page.source).read_text(encoding="utf-8-sig")


def site_of(root: Path, katas: Iterable[Kata]) -> Site:
    """Gather the pages of a checkout; a workspace or a pack has fewer, which is no fault.

    Raises:
        OSError: `pyproject.toml` or the README cannot be read.
        ValueError: One of them is not UTF-8, `pyproject.toml` is no TOML, or a replay is damaged.
    """
    katas = tuple(katas)
    found = [path for pattern in _PATTERNS for path in root.glob(pattern)]
    found += [path for kata in katas for path in kata.folder.glob("*.md")]
    sources = sorted({PurePosixPath(path.relative_to(root).as_posix()) for path in found})
    pages = {(page.language, page.place): page for page in map(page_at, sources)}
    for language in LANGUAGES:  # a pack may have its lessons in English only
        for kata in katas:
            page = pages.get(("en", f"katas/{kata.name}/index"))
            if page is not None:
                there = dataclasses.replace(page, language=language)
                pages.setdefault((language, page.place), there)
    project = _project(root)
    urls = {key.lower(): url for key, url in project.get("urls", {}).items()}
    repository = urls.get("repository")
    return Site(
        root,
        _title(root),
        project.get("version", ""),
        repository.rstrip("/") if repository else None,
        katas,
        pages,
        {kata.id: stories for kata in katas if (stories := kept_replays(kata))},
    )


def _project(root: Path) -> dict[str, Any]:
    path = root / "pyproject.toml"
    if not path.is_file():
        return {}
    project: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")).get("project", {})
    return project


def _title(root: Path) -> str:
    readme = root / "README.md"
    heading = (
        re.search(r"^# (.+)$", readme.read_text("utf-8-sig"), re.M) if readme.exists() else None
    )
    return heading[1].strip() if heading else root.name


def heading_of(text: str) -> str:
    """Return a page's first heading, or an empty text."""
    heading = re.search(r"^# +(.+?) *$", text, re.MULTILINE)
    return heading[1] if heading else ""
