"""What every part of a page shares: its head, tables in parts, text that is nobody's markup."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from dojo.ground.safe_text import one_line

_MOST_NAMES = 12

Words = Mapping[str, str]

MOST_ON_A_PAGE = 60  # learners; more are parted, the first part is open
_PART = 50
_STYLE = """
:root { color-scheme: light dark; --line: #8884; --good: #1a7f37; --part: #9a6700; --bad: #cf222e;
  --odd: #8250df; }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --part: #d29922; --bad: #f85149;
  --odd: #a371f7; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
p { overflow-wrap: anywhere; } .wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .5rem; text-align: right;
  white-space: nowrap; }
thead th { vertical-align: bottom; }
thead th { white-space: normal; }
th[scope=row], .text { text-align: left; white-space: normal; }
th[scope=row] { max-width: 16rem; min-width: 11rem; overflow-wrap: anywhere; }
td small { min-width: 6rem; white-space: normal; }
td a { color: inherit; text-decoration: none; } td a:hover { text-decoration: underline; }
small { color: color-mix(in srgb, currentColor 70%, transparent); display: block; }
.good { color: var(--good); } .part { color: var(--part); } .bad { color: var(--bad); }
.odd { color: var(--odd); }
details { border-bottom: 1px solid var(--line); padding: .4rem 0; } details details { border: 0;
  margin-left: 1.2rem; }
summary { cursor: pointer; overflow-wrap: anywhere; } details:target { outline: 2px solid; }
ul.many { columns: 24rem; }
svg.figure { max-width: 40rem; width: 100%; } .figure rect { fill: var(--good); opacity: .75; }
.figure text { fill: currentColor; font-size: 12px; text-anchor: middle; }
.replayed th, .replayed td, .replayed caption { text-align: left; }
svg.replay { display: block; height: auto; max-width: 100%; min-width: 44rem; }
.heat th, .heat td { padding: .1rem .3rem; text-align: center; } .heat th[scope=row] {
  text-align: left; min-width: 9rem; } .heat td.bad { background: color-mix(in srgb, var(--bad) 18%,
  transparent); } .heat td.odd { background: color-mix(in srgb, var(--odd) 25%, transparent); }
@media print { :root { color-scheme: light; --good: #1a7f37; --part: #9a6700; --bad: #cf222e;
  --odd: #8250df; }
  body { font-size: 11px; margin: 0; max-width: none; } .wide { overflow: visible; }
  tr, details { break-inside: avoid; } thead { display: table-header-group; }
  tfoot { display: table-row-group; }
  details.page { break-inside: auto; }
  details.page::details-content { content-visibility: visible; display: block; } }
pre { background: color-mix(in srgb, currentColor 7%, transparent); margin: .4rem 0 .8rem;
  overflow-wrap: anywhere; padding: .7rem; white-space: pre-wrap; }
"""


def head(title: str, language: str = "en", style: str = "") -> str:
    """Return how a page begins, up to its first heading: nothing is loaded from elsewhere.

    Args:
        title: Its title.
        language: The language that it is in.
        style: What it has beside the style of every page.
    """
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>{text(title)}</title>
<style>{_STYLE}{style}</style>
</head>
<body>
"""


def text(said: str) -> str:
    """Return anything on one line, as text of a page."""
    return html.escape(one_line(said))


def names(learners: Sequence[str], words: Words) -> str:
    """Return learners in a row, the first ones of many."""
    who = ", ".join(f"<bdi>{text(name)}</bdi>" for name in learners[:_MOST_NAMES])
    if len(learners) <= _MOST_NAMES:
        return who
    return f"{who} {words['and {count} more'].format(count=len(learners) - _MOST_NAMES)}"


def in_parts(
    rows: Sequence[str], names: Sequence[str], head: str, foot: str, kind: str, words: Words
) -> str:
    """Write a table; of many rows a part each, of which the first one is open.

    Args:
        rows: Its rows, one a learner.
        names: The learners, in the same order: each part says from whom to whom it goes.
        head: Its head; each part has it.
        foot: What is below all of them.
        kind: Its class in the page's style.
        words: What the page says, in its language.
    """
    if len(rows) <= MOST_ON_A_PAGE:
        return table(rows, head, foot, kind)
    return "".join(
        _page(first, part, names, table(part, head, foot, kind), words)
        for first, part in _parts_of(rows)
    )


def results_in_parts(results: Sequence[str], names: Sequence[str], words: Words) -> str:
    """Write the results of each learner; of many learners a part each, as their tables are.

    Args:
        results: All of a learner's, one text a learner.
        names: The learners, in the same order.
        words: What the page says, in its language.
    """
    if len(results) <= MOST_ON_A_PAGE:
        return "".join(results)
    return "".join(
        _page(first, part, names, "".join(part), words, is_open=False)
        for first, part in _parts_of(results)
    )


def _parts_of(rows: Sequence[str]) -> list[tuple[int, Sequence[str]]]:
    return [(first, rows[first : first + _PART]) for first in range(0, len(rows), _PART)]


def _page(
    first: int,
    part: Sequence[str],
    names: Sequence[str],
    said: str,
    words: Words,
    is_open: bool = True,
) -> str:
    """Write a part behind a click, the first one open unless none is."""
    last = first + len(part)
    which = words["part"].format(
        first=first + 1,
        last=last,
        all=len(names),
        one=f"<bdi>{text(names[first])}</bdi>",
        other=f"<bdi>{text(names[last - 1])}</bdi>",
    )
    opened = " open" if is_open and not first else ""
    return f"<details class=page{opened}><summary>{which}</summary>\n{said}</details>\n"


def table(rows: Sequence[str], head: str, foot: str, kind: str) -> str:
    """Write a table; see `in_parts`."""
    body = "\n".join(rows)
    whole = f"<table class={kind}>\n{head}<tbody>\n{body}\n</tbody>\n{foot}</table>"
    return f"<div class=wide>{whole}</div>\n"
