"""Bars lie between stored rows; a wait that was skipped is as long as scheduled, and moves only
what came after it.
"""

from __future__ import annotations

import pytest

from dojo.replay.story import Nap, Story
from dojo.replay.timeline import Lane, lay_out, said
from tests.replay.made_up import many, retried, run, story


def lane_of(told: Story, number: int) -> Lane:
    return next(lane for lane in lay_out(told).lanes if lane.run.id == number)


def test_each_bar_begins_and_ends_with_stored_rows() -> None:
    told = story(retried(1, 0.0, 60.0), run(2, (1, "Running"), (2, "Failed")))
    bars = [bar for lane in lay_out(told).lanes for bar in lane.bars]

    seen = [
        (told.of_run(bar.run).states[bar.row].name, told.of_run(bar.run).states[bar.row + 1].name)
        for bar in bars
    ]
    assert seen == [
        ("Pending", "Running"),
        ("Running", "AwaitingRetry"),
        ("AwaitingRetry", "Retrying"),
        ("Retrying", "Completed"),
        ("Running", "Failed"),
    ]


def test_skipped_wait_is_as_long_as_scheduled_and_marked() -> None:
    lane = lane_of(story(retried(1, 5.0, 60.0)), 1)
    wait = next(bar for bar in lane.bars if bar.look == "wait")

    assert (round(wait.end_s - wait.begin_s, 3), wait.label, wait.is_skipped) == (
        60.0,
        "60 s",
        True,
    )
    assert [bar.attempt for bar in lane.bars] == [0, 1, 0, 2]
    assert lane.begin_s == 0
    assert lane.end_s == pytest.approx(60.04)


def test_wait_that_was_waited_is_not_marked() -> None:
    told = story(
        run(1, (0, "Running"), (1, "AwaitingRetry", 2), (3.01, "Retrying"), (4, "Completed"))
    )
    wait = lane_of(told, 1).bars[1]

    assert not wait.is_skipped
    assert wait.end_s - wait.begin_s == pytest.approx(2.01)


def test_waits_side_by_side_are_not_added_up() -> None:
    flow = run(1, (0, "Running"), (0.2, "Completed"), kind="flow run")
    told = story(flow, retried(2, 0.01, 60.0, parent=1), retried(3, 0.02, 30.0, parent=1))

    assert lane_of(told, 2).begin_s == pytest.approx(0.01)
    assert lane_of(told, 3).begin_s == pytest.approx(0.02)
    assert lay_out(told).length_s == pytest.approx(60.19, abs=0.03)


def test_what_begins_after_a_wait_comes_after_it() -> None:
    flow = run(1, (0, "Running"), (0.3, "Completed"), kind="flow run")
    told = story(flow, retried(2, 0.01, 60.0, parent=1), retried(3, 0.1, 60.0, parent=1))
    first, second, whole = (lane_of(told, number) for number in (2, 3, 1))

    assert second.begin_s > first.end_s
    assert whole.end_s > second.end_s > 120


def test_nap_of_ones_own_code_is_within_its_attempt() -> None:
    told = story(run(1, (0, "Running"), (0.2, "Completed"), naps=(Nap(at=0.1, seconds=120),)))
    bars = lane_of(told, 1).bars

    assert [(bar.look, bar.is_skipped, bar.row) for bar in bars] == [
        ("work", False, 0),
        ("nap", True, 0),
        ("work", False, 0),
    ]
    assert bars[1].end_s - bars[1].begin_s == pytest.approx(120)
    assert bars[2].end_s == pytest.approx(120.2)


def test_time_between_two_calls_does_not_pass() -> None:
    told = story(
        run(1, (0, "Running"), (1, "Completed")),
        run(2, (50, "Running"), (51, "Completed")),
        moves=(Nap(at=20, seconds=3600),),
    )
    timeline = lay_out(told)

    assert timeline.length_s == pytest.approx(2)
    assert timeline.breaks == ((1.0, "the test's clock moved on by 60 min"),)


def test_children_lie_within_their_parent_and_below_it() -> None:
    lanes = lay_out(many(20)).lanes

    assert [lane.depth for lane in lanes] == [0, *[1] * 20]
    assert all(lanes[0].begin_s <= one.begin_s <= one.end_s <= lanes[0].end_s for one in lanes)


def test_story_without_runs_has_no_length() -> None:
    assert lay_out(story()).length_s == 0


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0214, "21.4 ms"), (1.26, "1.3 s"), (60, "60 s"), (180.04, "180 s"), (3600, "60 min")],
)
def test_length_is_said_as_people_do(seconds: float, text: str) -> None:
    assert said(seconds) == text
