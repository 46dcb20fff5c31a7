"""Stories are kept as lines of JSON; a damaged file is one line that says where."""

from __future__ import annotations

from pathlib import Path

import pytest

from dojo.replay.story import MOST_RUNS, Story, StoryError, read_stories, write_stories
from tests.replay.made_up import hostile, many, retried, story


def test_story_comes_back_as_it_was(tmp_path: Path) -> None:
    kept = [story(retried(1, 0, 60)), hostile(), many(3)]
    write_stories(tmp_path / "replay.jsonl", kept)

    assert read_stories(tmp_path / "replay.jsonl") == kept


def test_file_that_is_not_there_has_no_story(tmp_path: Path) -> None:
    assert read_stories(tmp_path / "replay.jsonl") == []


@pytest.mark.parametrize(
    "damage",
    [
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"kata": "x"}',
        b'{"kata": "x", "test": "t", "solution": "s", "runs": [{"id": 1}]}',
        b'{"kata": "x", "test": "t", "solution": "s", "moves": [{"at": 1e999, "seconds": 1}]}',
        b'{"kata": "x", "test": "t", "solution": "s", "more": 1}',
        b'{"kata": "x", "test": "t", "solution": "s", "schema": 2}',
        b'{"kata": "x", "test": "t", "solution": "s",'
        b' "runs": [{"id": 1, "kind": "task run", "name": "a", "parent": 1}]}',
        b'{"kata": "x", "test": "t", "solution": "s",'
        b' "tables": [{"title": "t", "columns": ["a"], "rows": [["1", "2"]]}]}',
        b"[" * 3000,
    ],
)
def test_damaged_line_is_named(tmp_path: Path, damage: bytes) -> None:
    good = story(retried(1, 0, 60)).to_json().encode()
    (tmp_path / "replay.jsonl").write_bytes(good + b"\n" + damage + b"\n")

    with pytest.raises(StoryError, match=r"^replay\.jsonl, line 2: .+") as caught:
        read_stories(tmp_path / "replay.jsonl")
    assert "\n" not in str(caught.value)


def test_more_runs_than_anybody_draws_are_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        many(MOST_RUNS)


def test_folder_is_no_file_of_stories(tmp_path: Path) -> None:
    with pytest.raises(StoryError, match="cannot be read"):
        read_stories(tmp_path)


def test_hostile_names_are_one_line_and_not_too_long() -> None:
    told: Story = hostile()

    assert len(told.runs[0].name) < 200
    assert told.runs[0].name.isprintable()
