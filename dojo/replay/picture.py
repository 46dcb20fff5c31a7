"""Draw stories as SVG, one scale for all: each bar can be focused and says what it is.

Trees of elements are made, never text: what comes from a learner's code is escaped by whoever
writes them out.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from dojo.catalog.kata import Language
from dojo.replay.compare import marked
from dojo.replay.fold import Folded, folded
from dojo.replay.palette import STYLE
from dojo.replay.scale import FITS, WIDE, Scale
from dojo.replay.story import Run, Story
from dojo.replay.timeline import MEANS, Bar, Lane, Timeline, is_good, lay_out, said
from dojo.replay.words import Say

_ROW, _BAR = 26, 16
_THIN = 5
_MOST_LANES = 40
_SHORTEST = 2.0


def draw(
    stories: Sequence[tuple[str, Story]],
    title: str,
    *,
    compared: bool = True,
    width: int = WIDE,
    key: str = "",
    say: Say | None = None,
) -> Element:
    """Return one `svg` element with each story on the same scale, one below the other.

    Args:
        stories: What each is called, and the story.
        title: What the picture is called, for who does not see it.
        compared: Whether runs of the first story are marked that the last one has not so.
        width: Of the picture, in pixels: `WIDE` or `NARROW`.
        key: Other in each picture of one page.
        say: Says what is as long as its words, the signs' meanings; `page` says the rest.

    Returns:
        The element; its bars carry `data-run` and `data-row`, the stored row that they begin with.
    """
    timelines = [(name, story, lay_out(story)) for name, story in stories]
    length_s = max((one.length_s for _, _, one in timelines), default=0.0)
    scale = Scale(width, length_s, f"url(#skipped{key})")
    svg = Element("svg", {"class": "replay", "role": "group", "aria-label": title})
    defs = SubElement(SubElement(svg, "defs"), "pattern", {**_PATTERN, "id": f"skipped{key}"})
    SubElement(defs, "path", {"d": "M0 6 L6 0", "class": "hatch"})
    y = 8.0
    for number, (name, story, timeline) in enumerate(timelines):
        marks = marked(story, stories[-1][1]) if compared and not number and stories[1:] else set()
        y = _part(svg, y, name, story, timeline, scale, marks)
    y = _legend(svg, y, timelines, scale, say or Say())
    svg.set("viewBox", f"0 0 {width} {y:.0f}")
    svg.set("width", str(width))
    svg.set("height", f"{y:.0f}")
    return svg


_PATTERN = {
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
    scale: Scale,
    marks: set[int],
) -> float:
    _text(svg, 8, y + 14, scale.heading(name), {"class": "name"})
    if not timeline.lanes:
        _text(svg, scale.left, y + 14, "no run was made")
        return y + _ROW
    for tick in scale.ticks:
        shown, middle = said(tick) if tick else "0", {"class": "axis", "text-anchor": "middle"}
        _text(svg, scale.at(tick), y + 14, shown, middle)
    top, y = y + 20, y + 26
    grid = SubElement(svg, "g", {"aria-hidden": "true"})
    rows = folded(timeline, _MOST_LANES)
    middles: dict[int, tuple[float, float, float]] = {}
    for row in rows:
        if isinstance(row, Folded):
            y = _folded(svg, y, row, scale)
            continue
        middles[row.run.id] = scale.at(row.begin_s), scale.at(row.end_s), y + _BAR / 2
        _lane(svg, y, row, scale, row.run.id in marks)
        y += _ROW
    if story.left_out:
        _text(svg, scale.left, y + 14, f"and {story.left_out} more runs", {"class": "axis"})
        y += _ROW
    for tick in scale.ticks:
        _line(grid, scale.at(tick), top, y - 6, "tick")
    for at_s, note in timeline.breaks[:60]:
        _line(grid, scale.at(at_s), top, y - 6, "break").set("data-note", note)
    _edges(grid, rows, middles)
    return y + 14


def _lane(svg: Element, y: float, lane: Lane, scale: Scale, is_marked: bool) -> None:
    run = lane.run
    if is_marked:
        _text(svg, 4, y + 13, "≠", {"class": "odd"})
    named = next((one[6:] for one in run.notes if one.startswith("named ")), run.name)
    label = _text(svg, 18 + 14 * min(lane.depth, 6), y + 13, scale.name(named, lane.depth))
    SubElement(label, "title").text = run.name
    for bar in lane.bars:
        _bar(svg, y, run, bar, scale)
    if not lane.bars:
        x = scale.at(lane.begin_s)
        group = _group(
            svg, f"{run.name}: {run.ended} {said(lane.begin_s)} after the beginning", run.id, 0
        )
        shape = f"M{x:.1f} {y} l7 8 l-7 8 l-7 -8 z"
        SubElement(group, "path", {"d": shape, "class": _kind_of(run.ended) or "work"})
    sign = {True: "✓ ", False: "✗ ", None: ""}[is_good(run.ended)]
    sign = "" if run.ended.lower() == "cached" else sign
    told = scale.end(sign + run.ended)
    end = _text(svg, scale.right, y + 13, told, {"class": _kind_of(run.ended)})
    SubElement(end, "title").text = "; ".join((run.ended, *run.notes))


def _kind_of(state: str) -> str:
    return {True: "good", False: "bad", None: ""}[is_good(state)]


def _bar(svg: Element, y: float, run: Run, bar: Bar, scale: Scale) -> None:
    x = scale.at(bar.begin_s)
    width = max(scale.at(bar.end_s) - x, _SHORTEST)
    group = _group(svg, tell_bar(run, bar), run.id, bar.row)
    is_flow = bar.look == "flow"
    box = {
        "x": f"{x:.1f}",
        "y": f"{y + (5 if is_flow else 0):.1f}",
        "width": f"{width:.1f}",
        "height": str(6 if is_flow else _BAR),
        "class": bar.look,
    }
    SubElement(group, "rect", box)
    if bar.is_skipped:
        SubElement(group, "rect", {**box, "class": "", "fill": scale.hatch})
    if bar.label and len(bar.label) * FITS < width:
        inside = {"class": "in", "text-anchor": "middle"}
        _text(group, x + width / 2, y + 12.5, bar.label, inside)


def _folded(svg: Element, y: float, row: Folded, scale: Scale) -> float:
    """Draw many runs as thin bars, each on the first line that is free."""
    _text(svg, 18 + 14 * min(row.depth, 6), y + 13, f"{len(row.lanes)} x {scale.name(row.name, 4)}")
    group = _group(svg, f"{row.name}: {len(row.lanes)} runs: {row.said}", row.lanes[0].run.id, 0)
    free: list[float] = []
    for lane in row.lanes:
        x = scale.at(lane.begin_s)
        end = max(scale.at(lane.end_s), x + _SHORTEST)
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
    _text(svg, 18 + 14 * min(row.depth, 6), y + 29, scale.name(row.said, 0), how)
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
    svg: Element,
    y: float,
    timelines: Sequence[tuple[str, Story, Timeline]],
    scale: Scale,
    say: Say,
) -> float:
    bars = [bar for _, _, one in timelines for lane in one.lanes for bar in lane.bars]
    used = {bar.look for bar in bars}
    x = 18.0
    for look, english in MEANS.items():
        if look in used:
            means = say(english)
            length = 46 + FITS * len(means)
            if x + length > scale.width:
                x, y = 18.0, y + 20
            height = "6" if look == "flow" else "12"
            box = {"x": f"{x}", "y": f"{y + (3 if look == 'flow' else 0)}", "width": "18"}
            SubElement(svg, "rect", {**box, "height": height, "class": look})
            _text(svg, x + 24, y + 11, means, {"class": "axis"})
            x += length
    if any(bar.is_skipped for bar in bars):
        y += 20
        box = {"x": "18", "y": f"{y}", "width": "18", "height": "12", "fill": scale.hatch}
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


def put_into_words(html: Element, say: Say) -> None:
    """Say each text of a page, and each that is read aloud only, in a language."""
    for element in html.iter() if say.language != "en" else ():
        if element.text and element.tag != "style":
            element.text = say(element.text)
        for name in {"aria-label", "data-note"} & set(element.keys()):
            element.set(name, say(element.get(name, "")))


def as_file(
    stories: Sequence[tuple[str, Story]],
    title: str,
    *,
    compared: bool = False,
    width: int = WIDE,
    language: Language = "en",
) -> str:
    """Return the picture as a file of its own, for a page that shows it: `draw`, with its style."""
    say = Say(language)
    svg = draw(stories, title, compared=compared, width=width, say=say)
    put_into_words(svg, say)
    svg.set("xmlns", "http://www.w3.org/2000/svg")
    svg.set("role", "img")
    style = Element("style")
    style.text = STYLE
    svg.insert(0, style)
    return f"{tostring(svg, encoding='unicode')}\n"
