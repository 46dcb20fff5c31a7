"""Draw stories for a terminal: 80 columns, no colour needed."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from dojo.language.breaking import broken
from dojo.replay.compare import at_once, marked, tables_of
from dojo.replay.fold import Folded, folded
from dojo.replay.story import Story, Table
from dojo.replay.timeline import MEANS, Bar, Lane, Look, Timeline, is_good, lay_out, said, ticks
from dojo.replay.words import Say

COLUMNS = 80
_LABEL, _END = 27, 14
_CHART = COLUMNS - _LABEL - _END - 2
_MOST_LANES = 16
_MOST_ROWS = 14
_MOST_TABLES = 6
_SIGNS: dict[Look, str] = {"flow": "─", "work": "█", "waiting": "·", "wait": "░", "nap": "▒"}
_PLAIN = str.maketrans("─█·░▒≠✓✗◆…", "-#.~=!+xo.")


def draw(
    stories: Sequence[tuple[str, Story]],
    differences: Iterable[str] = (),
    *,
    can_draw: bool = True,
    say: Say | None = None,
) -> list[str]:
    """Return lines of at most 80 columns: each story on the same scale, one below the other.

    Args:
        stories: What each is called, and the story; runs of the first that the last has not so are
            marked.
        differences: What is said below them.
        can_draw: Whether whoever shows the lines has more signs than those of ASCII.
        say: Says it in a language; English by default.
    """
    say = say or Say()
    timelines = [(say(name), story, lay_out(story)) for name, story in stories]
    length_s = max((one.length_s for _, _, one in timelines), default=0.0)
    lines: list[str] = []
    used: set[str] = set()
    for number, (name, story, timeline) in enumerate(timelines):
        marks = marked(story, stories[-1][1]) if number == 0 and len(stories) > 1 else set()
        if timeline.lanes:
            lines += [
                *_head(name, length_s),
                *_chart(story, timeline, length_s, marks, used, say),
                "",
            ]
        elif length_s:
            lines += [say(f"{name}: no run was made"), ""]
    lines += _legend(used, timelines, say)
    lines += [line for one in differences for line in _wrapped(f"≠ {say(one)}", "  ")]
    tables = tables_of(stories)
    for name, table in tables[:_MOST_TABLES]:
        lines += ["", *_table(name, table, say)]
    if tables[_MOST_TABLES:]:
        more = len(tables) - _MOST_TABLES
        lines.append(say(f"and {more} more tables; '--html FILE' has them"))
    lines = [line.rstrip() for line in lines]
    return lines if can_draw else [_in_ascii(line) for line in lines]


def _in_ascii(line: str) -> str:
    return line.translate(_PLAIN).encode("ascii", "replace").decode()


def _head(name: str, length_s: float) -> list[str]:
    axis = ""
    for tick in ticks(length_s):
        told = said(tick) if tick else "0"
        place = min(_place(tick, length_s), _CHART - len(told))
        if place > len(axis) or not axis:
            axis = f"{axis:{place}}{told}"
    return [f"{_cut(name, _LABEL)} {axis}"]


def _chart(
    story: Story,
    timeline: Timeline,
    length_s: float,
    marks: set[int],
    used: set[str],
    say: Say,
) -> list[str]:
    lines = []
    for one in folded(timeline, _MOST_LANES):
        if isinstance(one, Folded):
            lines += [_folded_line(one, length_s), *_wrapped(one.said, " " * 6)]
            continue
        used.update(bar.look for bar in one.bars)
        label = f"{'≠' if one.run.id in marks else ' '} {'  ' * min(one.depth, 5)}{one.run.name}"
        lines.append(_line(label, _bars(one, length_s), _ending(one.run.ended)))
        if not one.bars and one.run.notes:
            lines += _wrapped(say(one.run.notes[0]), " " * 6)[:2]
        elif is_good(one.run.ended) is False and one.run.notes:
            lines += _wrapped(say(one.run.notes[-1]), " " * 6)[:2]
        elif one.run.notes and (one.run.kind == "step" or one.run.notes[0].startswith("named ")):
            lines += _wrapped("; ".join(map(say, one.run.notes)), " " * 6)[:2]
    if story.left_out:
        lines.append(f"  {say(f'and {story.left_out} more runs')}")
    return lines


def _line(label: str, chart: str, ending: str) -> str:
    return f"{_cut(label, _LABEL)} {chart} {_cut(ending, _END)}"


def _cut(text: str, cells: int) -> str:
    if cell_len(text) > cells:
        return set_cell_size(text, cells - 1) + "…"
    return set_cell_size(text, cells)


def _ending(state: str) -> str:
    signs = {True: "✓ ", False: "✗ ", None: "  "}
    return ("◆ " if state.lower() == "cached" else signs[is_good(state)]) + state


def _place(at_s: float, length_s: float) -> int:
    return min(int(at_s / length_s * _CHART), _CHART - 1) if length_s else 0


def _bars(lane: Lane, length_s: float) -> str:
    cells = [" "] * _CHART
    # What is short has a sign all the same, also beside something long.
    for bar in sorted(lane.bars, key=lambda one: one.begin_s - one.end_s):
        begin, end = _place(bar.begin_s, length_s), _place(bar.end_s, length_s)
        if bar.look == "waiting" and cells[begin] != " ":
            continue
        cells[begin : max(end, begin + 1)] = _filled(bar, max(end - begin, 1))
    if not lane.bars:
        cells[_place(lane.begin_s, length_s)] = "◆"
    return "".join(cells)


def _filled(bar: Bar, width: int) -> list[str]:
    sign = _SIGNS[bar.look]
    label = f" {bar.label} " if bar.label else ""
    if not label or len(label) + 2 > width:
        return [sign] * width
    return list(f"{label:{sign}^{width}}")


def _folded_line(one: Folded, length_s: float) -> str:
    """Draw many runs in one line: in each column how many were at work at once."""
    steps = [(lane.begin_s, 1) for lane in one.lanes] + [(lane.end_s, -1) for lane in one.lanes]
    most, now, reached = [0] * _CHART, 0, 0
    for at_s, step in sorted(steps):
        place = _place(at_s, length_s)
        for column in range(reached, place + 1):
            most[column] = max(most[column], now)
        now, reached = now + step, place
        most[place] = max(most[place], now)
    cells = "".join(" " if not count else str(count) if count < 10 else "+" for count in most)
    label = f"  {'  ' * min(one.depth, 5)}{len(one.lanes)} x {one.name}"
    return _line(label, cells, "")


def _legend(
    used: set[str], timelines: Sequence[tuple[str, Story, Timeline]], say: Say
) -> list[str]:
    lines = []
    parts = [f"{_SIGNS[look]} {say(MEANS[look])}" for look in _SIGNS if look in used]
    if any(bar.is_skipped for _, _, one in timelines for lane in one.lanes for bar in lane.bars):
        parts.append(say("waits as long as scheduled: the test's clock skipped them"))
    if any(isinstance(row, Folded) for _, _, one in timelines for row in folded(one, _MOST_LANES)):
        parts.append(say("digits: how many at that moment"))
    if parts:
        lines += _wrapped("   ".join(parts), "")
    for name, _, one in timelines:
        lines += _wrapped_all(say(f"{name}: {note}") for _, note in one.breaks[:6] if note)
        for run_name, most in list(at_once(one).items())[:4]:
            if most > 1:
                lines += _wrapped(say(f"{name}: {run_name}: {most} at once"), "  ")
    return lines


def _wrapped_all(lines: Iterable[str]) -> list[str]:
    return [one for line in lines for one in _wrapped(line, "  ")]


def _wrapped(line: str, indent: str) -> list[str]:
    console = Console(width=COLUMNS - len(indent), file=io.StringIO())
    first, *rest = broken(line, "", console, COLUMNS - len(indent)) or [Text("")]
    lead = indent if indent.isspace() and len(indent) > 2 else ""
    return [lead + first.plain.rstrip(), *(indent + one.plain.rstrip() for one in rest)]


def _table(name: str, table: Table, say: Say) -> list[str]:
    """Draw a table with Rich, which breaks what is too wide."""
    shown = RichTable(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    shown.add_column("")
    for column in table.columns:
        shown.add_column(Text(say(column)), overflow="fold")
    for number, row in enumerate(table.rows[:_MOST_ROWS]):
        shown.add_row(
            "≠" if number in table.marks else " ", *(Text(say(cell[:120])) for cell in row)
        )
    stream = io.StringIO()
    console = Console(width=COLUMNS, file=stream, color_system=None, highlight=False, markup=False)
    console.print(shown)
    more = len(table.rows) - _MOST_ROWS
    lines = [*_wrapped(f"{say(name)}. {say(table.title)}", "  "), *stream.getvalue().splitlines()]
    return [*lines, f"  {say(f'and {more} more')}"] if more > 0 else lines


def wrapped(line: str) -> list[str]:
    """Break a line of prose between words, at 80 columns."""
    return _wrapped(line, "  ")
