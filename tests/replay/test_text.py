"""A terminal of 80 columns shows it, in whatever signs it has, also of very many runs."""

from __future__ import annotations

import re

import pytest
from rich.cells import cell_len

from dojo.replay.compare import differences
from dojo.replay.story import Story
from dojo.replay.text import COLUMNS, draw
from tests.replay.made_up import hostile, many, retried, run, story


@pytest.mark.parametrize(
    "told",
    [hostile(), many(1000), story(retried(1, 0, 60, name="charge_für_日本語の客客客客客客客客客"))],
    ids=["hostile", "many", "wide"],
)
@pytest.mark.parametrize("can_draw", [True, False])
def test_no_line_is_wider_than_a_terminal(told: Story, can_draw: bool) -> None:
    lines = draw([("yours", told), ("reference", told)], ["≠" * 200], can_draw=can_draw)

    assert max(map(cell_len, lines)) <= COLUMNS
    assert all(line.isprintable() for line in lines)
    if not can_draw:
        assert all(line.isascii() for line in lines)


def test_two_stories_share_one_scale() -> None:
    short, long = story(retried(1, 0, 10)), story(retried(1, 0, 60))
    lines = draw([("yours", short), ("reference", long)])
    bars = [line[28:66].rstrip() for line in lines if "load" in line[:28]]

    assert len(bars[1]) > 30
    assert len(bars[0]) < 10
    assert " 60 s " in bars[1]
    assert lines[0].split()[1:] == lines[3].split()[1:]  # the axis


def test_run_that_the_other_has_not_so_is_marked() -> None:
    mine = story(retried(1, 0, 10), run(2, (1, "Running"), (2, "Completed"), name="score"))
    other = story(retried(1, 0, 60), run(2, (1, "Running"), (2, "Completed"), name="score"))
    lines = draw([("yours", mine), ("reference", other)], differences(mine, other))

    assert [line[0] for line in lines if line[2:7] in ("load ", "score")] == ["≠", " ", " ", " "]
    assert lines[-1] == "≠ load: waits 10 s; reference: 60 s"


def test_thousand_runs_are_a_page() -> None:
    lines = draw([("yours", many(1000))])

    assert len(lines) < 24
    assert any(re.search(r"1000 x score +8{20}", line) for line in lines)
    assert "      Completed 990, Failed 10" in lines
    assert any("8 at once" in line for line in lines)


def test_cached_failed_and_planned_are_told_apart_without_colour() -> None:
    told = story(
        run(1, (0, "Pending"), (0.1, "Cached"), name="kept"),
        run(2, (1, "Running"), (2, "Failed"), name="broken", notes=("ValueError: no rows",)),
        run(3, (1, "Planned"), kind="step", name="never"),
    )
    lines = draw([("yours", told)])

    assert any(line.endswith("◆ Cached") for line in lines)
    assert any(line.endswith("✗ Failed") for line in lines)
    assert any(line.endswith("  Planned") for line in lines)
    assert "      ValueError: no rows" in lines
