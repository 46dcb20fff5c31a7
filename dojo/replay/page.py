"""Write stories as one file of HTML: it loads nothing, runs nothing, and can be read aloud."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from dojo.catalog.kata import Language
from dojo.replay import picture
from dojo.replay.compare import tables_of
from dojo.replay.palette import STYLE
from dojo.replay.story import Story, Table
from dojo.replay.timeline import lay_out, said
from dojo.replay.words import Say

_STYLE = """
:root { color-scheme: light dark; --text: #1f2328; --back: #ffffff; --rule: #d1d9e0;
  --note: #8250df; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --back: #0d1117; --rule: #3d444d;
  --note: #ab7df8; } }
@media print { :root { color-scheme: light; --text: #000000; --back: #ffffff; --rule: #bbbbbb;
  --note: #6639ba; } tr { break-inside: avoid; } svg { min-width: 0; }
  details::details-content { content-visibility: visible; display: block; } }
body { background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif;
  margin: 2rem auto; max-width: 62rem; padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; }
.wide { overflow-x: auto; } svg { display: block; height: auto; max-width: 100%; min-width: 46rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { font-weight: bold; padding: .5rem 0; text-align: left; }
th, td { border-bottom: 1px solid var(--rule); padding: .2rem .6rem .2rem 0; text-align: left;
  vertical-align: top; }
.odd { color: var(--note); font-weight: bold; }
summary:focus-visible { outline: 2px solid var(--note); }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_COLUMNS = ("run", "kind", "within", "gets", "what", "from", "to")
_MOST_TOLD = 1_500


def write(
    title: str,
    stories: Sequence[tuple[str, Story]],
    differences: Iterable[str] = (),
    notes: Iterable[str] = (),
    language: Language = "en",
    *,
    compared: bool = True,
) -> str:
    """Return a whole page.

    Args:
        title: Its title and heading.
        stories: As in `picture.draw`.
        differences: What is different in the first story.
        notes: What else is said, a paragraph each.
        language: Of what the page says.
        compared: As in `picture.draw`.
    """
    say = Say(language)
    stories = [(say(name), story) for name, story in stories]
    html = Element("html", {"lang": language})
    head = SubElement(html, "head")
    SubElement(head, "meta", {"charset": "utf-8"})
    SubElement(head, "meta", {"http-equiv": "Content-Security-Policy", "content": _POLICY})
    SubElement(head, "meta", {"name": "viewport", "content": "width=device-width"})
    SubElement(head, "meta", {"name": "referrer", "content": "no-referrer"})
    _say(head, "title", title)
    _say(head, "style", _STYLE + STYLE)
    main = SubElement(SubElement(html, "body"), "main")
    _say(main, "h1", title)
    for note in notes:
        _say(main, "p", note)
    _fill(main, title, stories, list(differences), say, compared=compared)
    picture.put_into_words(html, say)
    return f"<!doctype html>\n{_written(html)}\n"


def fragment(title: str, stories: Sequence[tuple[str, Story]], key: str, say: Say) -> str:
    """Return what a page of another house shows of stories, on one line; it has the style.

    Args:
        title: What the picture is called, for who does not see it.
        stories: As in `picture.draw`.
        key: As in `picture.draw`.
        say: Says it in the language of that page.
    """
    part = Element("div", {"class": "replayed"})
    _fill(part, title, [(say(name), story) for name, story in stories], [], say, key)
    picture.put_into_words(part, say)
    return _written(part)


def _fill(
    parent: Element,
    title: str,
    stories: Sequence[tuple[str, Story]],
    differences: Sequence[str],
    say: Say,
    key: str = "",
    *,
    compared: bool = True,
) -> None:
    if any(story.runs for _, story in stories):
        figure = SubElement(parent, "figure", {"class": "wide", "style": "margin: 0"})
        figure.append(picture.draw(stories, title, compared=compared, key=key, say=say))
    if differences:
        _say(parent, "h2", "What is different")
        items = SubElement(parent, "ul")
        for one in differences:
            _say(items, "li", one)
    for name, table in tables_of(stories):
        _table(parent, f"{name}. {table.title}", table)
    for name, story in stories:
        if story.runs:
            details = SubElement(parent, "details")
            _say(details, "summary", f"{name}: the same as a table")
            _same_as_table(details, name, story)


def _written(html: Element) -> str:
    # `style` is the one element whose text HTML does not unescape; ours has nothing to escape.
    return tostring(html, encoding="unicode", method="html")


def _say(parent: Element, tag: str, text: str) -> Element:
    element = SubElement(parent, tag)
    element.text = text
    return element


def _table(parent: Element, title: str, table: Table) -> None:
    wide = SubElement(parent, "div", {"class": "wide"})
    element = SubElement(wide, "table")
    _say(element, "caption", title)
    _row(SubElement(element, "thead"), "th", table.columns)
    body = SubElement(element, "tbody")
    for number, row in enumerate(table.rows):
        made = _row(body, "td", row)
        if number in table.marks:
            made.set("class", "odd")


def _row(parent: Element, tag: str, cells: Iterable[str]) -> Element:
    row = SubElement(parent, "tr")
    for cell in cells:
        element = _say(row, tag, cell)
        if tag == "th":
            element.set("scope", "col")
    return row


def _same_as_table(parent: Element, name: str, story: Story) -> None:
    """Say of each bar what the picture shows of it."""
    rows: list[tuple[str, ...]] = []
    names = {run.id: f"{run.name} ({run.id})" for run in story.runs}
    for lane in lay_out(story).lanes:
        run = lane.run
        gets = ", ".join(names[one] for one in run.gets)
        first = (names[run.id], run.kind, names.get(run.parent or 0, ""), gets)
        for bar in lane.bars:
            what = run.states[bar.row].name
            if bar.look in ("wait", "nap"):
                what = f"{what}: waits {bar.label}" + (", skipped" if bar.is_skipped else "")
            rows.append((*first, what, said(bar.begin_s), said(bar.end_s)))
        ended = "; ".join((run.ended, *run.notes))
        rows.append((*first, ended, said(lane.end_s), ""))
    more = len(rows) - _MOST_TOLD
    if more > 0:
        rows[_MOST_TOLD:] = [(f"and {more} more rows", *[""] * 6)]
    wide = SubElement(parent, "div", {"class": "wide"})
    element = SubElement(wide, "table")
    _say(element, "caption", name)
    _row(SubElement(element, "thead"), "th", _COLUMNS)
    body = SubElement(element, "tbody")
    for row in rows:
        _row(body, "td", row)
