"""Draw stories as SVG, one scale for all: each bar can be focused and says what it is.

Trees of elements are made, never text: what comes from a learner's code is escaped by whoever
writes them out.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from dojo.replay.compare import marked
from dojo.replay.fold import Folded, folded
from dojo.replay.story import Run, Story
from dojo.replay.timeline import MEANS, Bar, Lane, Timeline, is_good, lay_out, said, ticks
from dojo.replay.words import Say

WIDTH = 960
_LEFT, _RIGHT, _ROW, _BAR = 220, 130, 26, 16
_CHART = WIDTH - _LEFT - _RIGHT
_THIN = 5
_MOST_LANES = 40
_SHORTEST = 2.0
_FITS = 7.0  # a sign's width
_MOST_SIGNS = 26

STYLE = """
.replay { --ink: #1f2328; --soft: #59636e; --line: #d1d9e0; --paper: #ffffff; --flow: #8c959f;
  --work: #0969da; --wait: #9a6700; --nap: #bc4c00; --good: #1a7f37; --bad: #cf222e;
  --odd: #8250df; background: var(--paper); }
.replay text { fill: var(--ink); font: 13px system-ui, sans-serif; }
.replay .axis, .replay .in { fill: var(--soft); font-size: 12px; }
.replay .tick { stroke: var(--line); }
.replay .break { stroke: var(--soft); stroke-dasharray: 2 3; }
.replay .flow { fill: var(--flow); } .replay .work { fill: var(--work); }
.replay .waiting { fill: none; stroke: var(--soft); stroke-dasharray: 2 2; }
.replay .wait { fill: none; stroke: var(--wait); stroke-width: 1.5; }
.replay .nap { fill: none; stroke: var(--nap); stroke-width: 1.5; }
.replay .hatch { stroke: var(--wait); opacity: .35; } .replay .good { fill: var(--good); }
.replay .bad { fill: var(--bad); } .replay .odd { fill: var(--odd); font-weight: bold; }
.replay .edge { fill: none; stroke: var(--soft); opacity: .7; }
.replay g:focus { outline: 2px solid var(--odd); outline-offset: 2px; }
@media (prefers-color-scheme: dark) { .replay { --ink: #e6edf3; --soft: #9198a1; --line: #3d444d;
  --paper: #0d1117; --flow: #767e87; --work: #4493f8; --wait: #d29922; --nap: #f0883e;
  --good: #3fb950; --bad: #f85149; --odd: #ab7df8; } }
@media print { .replay { --ink: #000000; --soft: #444444; --line: #bbbbbb; --paper: #ffffff;
  --flow: #888888; --work: #0b5bd3; --wait: #7a5200; --nap: #a04000; --good: #116329;
  --bad: #b3131f; --odd: #6639ba; } }
"""


def draw(
    stories: Sequence[tuple[str, Story]],
    title: str,
    *,
    compared: bool = True,
    say: Say | None = None,
) -> Element:
    """Return one `svg` element with each story on the same scale, one below the other.

    Args:
        stories: What each is called, and the story.
        title: What the picture is called, for who does not see it.
        compared: Whether runs of the first story are marked that the last one has not so.
        say: Says what is as long as its words, the signs' meanings; `page` says the rest.

    Returns:
        The element; its bars carry `data-run` and `data-row`, the stored row that they begin with.
    """
    timelines = [(name, story, lay_out(story)) for name, story in stories]
    length_s = max((one.length_s for _, _, one in timelines), default=0.0)
    svg = Element("svg", {"class": "replay", "role": "group", "aria-label": title})
    defs = SubElement(SubElement(svg, "defs"), "pattern", _PATTERN)
    SubElement(defs, "path", {"d": "M0 6 L6 0", "class": "hatch"})
    y = 8.0
    for number, (name, story, timeline) in enumerate(timelines):
        marks = marked(story, stories[-1][1]) if compared and not number and stories[1:] else set()
        y = _part(svg, y, name, story, timeline, length_s, marks)
    y = _legend(svg, y, timelines, say or Say())
    svg.set("viewBox", f"0 0 {WIDTH} {y:.0f}")
    svg.set("width", str(WIDTH))
    svg.set("height", f"{y:.0f}")
    return svg


_PATTERN = {
    "id": "skipped",
    "width": "6",
    "height": "6",
    "patternUnits": "userSpaceOnUse",
}


def tell_bar(run: Run, bar: Bar) -> str:
    """Say what a bar is in one sentence: the same as its picture does."""
    begin, end = said(bar.begin_s), said(bar.end_s)
    if bar.look in ("wait", "nap"):
        if bar.look == "wait":
            told = f"{run.name}: the engine waits {bar.label}, from {begin} to {end}"
        else:
            told = f"{run.name}: its own code waits {bar.label}, from {begin} to {end}"
        return f"{told}, skipped by the test's clock" if bar.is_skipped else told
    what = f", attempt {bar.attempt}" if bar.attempt else ""
    state = run.states[bar.row].name
    return f"{run.name}{what}: {state} from {begin} to {end}, then {run.states[bar.row + 1].name}"


def _part(
    svg: Element,
    y: float,
    name: str,
    story: Story,
    timeline: Timeline,
    length_s: float,
    marks: set[int],
) -> float:
    _text(svg, 8, y + 14, name, {"font-weight": "bold"})
    if not timeline.lanes:
        _text(svg, _LEFT, y + 14, "no run was made")
        return y + _ROW
    for tick in ticks(length_s):
        shown, middle = said(tick) if tick else "0", {"class": "axis", "text-anchor": "middle"}
        _text(svg, _at(tick, length_s), y + 14, shown, middle)
    top, y = y + 20, y + 26
    grid = SubElement(svg, "g", {"aria-hidden": "true"})
    rows = folded(timeline, _MOST_LANES)
    middles: dict[int, tuple[float, float, float]] = {}
    for row in rows:
        if isinstance(row, Folded):
            y = _folded(svg, y, row, length_s)
            continue
        middles[row.run.id] = _at(row.begin_s, length_s), _at(row.end_s, length_s), y + _BAR / 2
        _lane(svg, y, row, length_s, row.run.id in marks)
        y += _ROW
    if story.left_out:
        _text(svg, _LEFT, y + 14, f"and {story.left_out} more runs", {"class": "axis"})
        y += _ROW
    for tick in ticks(length_s):
        _line(grid, _at(tick, length_s), top, y - 6, "tick")
    for at_s, note in timeline.breaks[:60]:
        _line(grid, _at(at_s, length_s), top, y - 6, "break").set("data-note", note)
    _edges(grid, rows, middles)
    return y + 14


def _at(seconds: float, length_s: float) -> float:
    return _LEFT + (_CHART * seconds / length_s if length_s else 0.0)


def _lane(svg: Element, y: float, lane: Lane, length_s: float, is_marked: bool) -> None:
    run = lane.run
    if is_marked:
        _text(svg, 4, y + 13, "≠", {"class": "odd"})
    _text(svg, 18 + 14 * min(lane.depth, 6), y + 13, _cut(run.name, _MOST_SIGNS - 2 * lane.depth))
    for bar in lane.bars:
        _bar(svg, y, run, bar, length_s)
    if not lane.bars:
        x = _at(lane.begin_s, length_s)
        group = _group(svg, f"{run.name}: {run.ended} at {said(lane.begin_s)}", run.id, 0)
        shape = f"M{x:.1f} {y} l7 8 l-7 8 l-7 -8 z"
        SubElement(group, "path", {"d": shape, "class": _kind_of(run.ended) or "work"})
    sign = {True: "✓ ", False: "✗ ", None: ""}[is_good(run.ended)]
    sign = "" if run.ended.lower() == "cached" else sign
    end = _text(
        svg, WIDTH - _RIGHT + 12, y + 13, sign + _cut(run.ended, 16), {"class": _kind_of(run.ended)}
    )
    SubElement(end, "title").text = "; ".join((run.ended, *run.notes))


def _kind_of(state: str) -> str:
    return {True: "good", False: "bad", None: ""}[is_good(state)]


def _bar(svg: Element, y: float, run: Run, bar: Bar, length_s: float) -> None:
    x = _at(bar.begin_s, length_s)
    width = max(_at(bar.end_s, length_s) - x, _SHORTEST)
    group = _group(svg, tell_bar(run, bar), run.id, bar.row)
    is_flow = bar.look == "flow"
    box = {
        "x": f"{x:.1f}",
        "y": f"{y + (5 if is_flow else 0):.1f}",
        "width": f"{width:.1f}",
        "height": str(6 if is_flow else _BAR),
        "class": bar.look,
    }
    if bar.is_skipped:
        SubElement(group, "rect", {**box, "class": "", "fill": "url(#skipped)"})
    SubElement(group, "rect", box)
    if bar.label and len(bar.label) * _FITS < width:
        inside = {"class": "in", "text-anchor": "middle"}
        _text(group, x + width / 2, y + 12.5, bar.label, inside)


def _folded(svg: Element, y: float, row: Folded, length_s: float) -> float:
    """Draw many runs as thin bars, each on the first line that is free."""
    _text(svg, 18 + 14 * min(row.depth, 6), y + 13, f"{len(row.lanes)} x {_cut(row.name, 18)}")
    group = _group(svg, f"{row.name}: {len(row.lanes)} runs: {row.said}", row.lanes[0].run.id, 0)
    free: list[float] = []
    for lane in row.lanes:
        x = _at(lane.begin_s, length_s)
        end = max(_at(lane.end_s, length_s), x + _SHORTEST)
        line = next((n for n, one in enumerate(free) if one <= x), len(free))
        free[line : line + 1] = [end + 1]
        box = {
            "x": f"{x:.1f}",
            "y": f"{y + line * _THIN:.1f}",
            "width": f"{end - x:.1f}",
            "height": str(_THIN - 1),
            "class": "bad" if is_good(lane.run.ended) is False else "work",
            "data-run": str(lane.run.id),
            "data-row": "0",
        }
        SubElement(group, "rect", box)
    how = {"class": "axis"}
    _text(svg, 18 + 14 * min(row.depth, 6), y + 29, _cut(row.said, _MOST_SIGNS), how)
    return y + max(_ROW + 16, len(free) * _THIN + 8)


def _edges(
    grid: Element, rows: Sequence[Lane | Folded], middles: dict[int, tuple[float, float, float]]
) -> None:
    """Draw a line from each run to those that were given its result."""
    for row in rows:
        if isinstance(row, Folded):
            continue
        begin, _, y = middles[row.run.id]
        for one in row.run.gets:
            if one in middles:
                _, end, above = middles[one]
                bend = max(begin, end) + 6
                way = f"M{end:.1f} {above:.1f} H{bend:.1f} V{y:.1f} H{begin:.1f}"
                SubElement(grid, "path", {"d": way, "class": "edge", "data-from": str(one)})


def _legend(
    svg: Element, y: float, timelines: Sequence[tuple[str, Story, Timeline]], say: Say
) -> float:
    bars = [bar for _, _, one in timelines for lane in one.lanes for bar in lane.bars]
    used = {bar.look for bar in bars}
    x = 18.0
    for look, english in MEANS.items():
        if look in used:
            means = say(english)
            height = "6" if look == "flow" else "12"
            box = {"x": f"{x}", "y": f"{y + (3 if look == 'flow' else 0)}", "width": "18"}
            SubElement(svg, "rect", {**box, "height": height, "class": look})
            _text(svg, x + 24, y + 11, means, {"class": "axis"})
            x += 46 + _FITS * len(means)
    if any(bar.is_skipped for bar in bars):
        y += 20
        box = {"x": "18", "y": f"{y}", "width": "18", "height": "12", "fill": "url(#skipped)"}
        SubElement(svg, "rect", box)
        told = "hatched: as long as scheduled; the test's clock skipped it"
        _text(svg, 42, y + 11, told, {"class": "axis"})
    return y + 24


def _group(parent: Element, told: str, run: int, row: int) -> Element:
    known = {"tabindex": "0", "role": "img", "aria-label": told}
    group = SubElement(parent, "g", {**known, "data-run": str(run), "data-row": str(row)})
    SubElement(group, "title").text = told
    return group


def _text(
    parent: Element, x: float, y: float, told: str, more: dict[str, str] | None = None
) -> Element:
    known = {name: value for name, value in (more or {}).items() if value}
    element = SubElement(parent, "text", {"x": f"{x:.1f}", "y": f"{y:.1f}", **known})
    element.text = told
    return element


def _line(parent: Element, x: float, top: float, bottom: float, look: str) -> Element:
    ends = {"x1": f"{x:.1f}", "x2": f"{x:.1f}", "y1": f"{top:.1f}", "y2": f"{bottom:.1f}"}
    return SubElement(parent, "line", {**ends, "class": look})


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def as_file(stories: Sequence[tuple[str, Story]], title: str, *, compared: bool = False) -> str:
    """Return the picture as a file of its own, for a page that shows it: `draw`, with its style."""
    svg = draw(stories, title, compared=compared)
    svg.set("xmlns", "http://www.w3.org/2000/svg")
    svg.set("role", "img")
    style = Element("style")
    style.text = STYLE
    svg.insert(0, style)
    return f"{tostring(svg, encoding='unicode')}\n"
