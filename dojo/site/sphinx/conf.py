"""Tell Sphinx how the site is made (run by Sphinx, beside the pages that were laid out)."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

# Sphinx reads its settings before it says where the pages are: they are its last two arguments.
_RECORD: dict[str, Any] = json.loads(Path(sys.argv[-2], "site.json").read_text(encoding="utf-8"))

project = _RECORD["title"]
version = release = _RECORD["version"]
language = _RECORD["language"]
extensions = ["myst_parser"]
exclude_patterns = ["site.json", "made"]
templates_path = ["templates"]
# A page of a repository may begin with any heading, and show code that Pygments does not know.
suppress_warnings = ["myst.header", "misc.highlighting_failure"]
nitpicky = True
smartquotes = False  # pages stay as they are written

myst_enable_extensions = ["attrs_block"]
myst_heading_anchors = 6
# An address within the site that Sphinx cannot resolve: the other language has its own run.
myst_url_schemes = {"http": None, "https": None, "mailto": None, "site": "{{path}}#{{fragment}}"}

html_theme = "pydata_sphinx_theme"
html_title = project
html_static_path = ["static", str(Path(sys.argv[-2], "made").resolve())]
html_css_files = ["dojo.css", "replay.css"]
html_copy_source = False
html_show_sourcelink = False
html_context = {"default_mode": "auto"}
html_use_index = False
html_theme_options = {
    "logo": {"text": project},
    "navbar_align": "left",
    "navbar_end": ["language", "theme-switcher"],
    "navbar_persistent": ["search-button-field"],
    "header_links_before_dropdown": 6,
    "show_nav_level": 1,
    "secondary_sidebar_items": {"**": ["page-toc"], "index": []},
    "footer_start": ["made"],
    "footer_end": [],
    "use_edit_page_button": False,
}
html_sidebars: dict[str, list[str]] = {
    place: [] for place in ("index", "search", *_RECORD["alone"])
}


def _prepare_page(
    app: Any, place: str, _template: str, context: dict[str, Any], _doctree: object
) -> None:
    context["other_language"] = "en" if language == "fr" else "fr"
    first = _RECORD["other"]["index"]
    context["other_address"] = _RECORD["other"].get(place, first)
    if place == "index" and _RECORD["has_start"]:
        app.add_css_file("start.css")


def setup(app: Any) -> None:
    """Have each page know itself in the other language, and the first one its own style."""
    app.connect("html-page-context", _prepare_page)
