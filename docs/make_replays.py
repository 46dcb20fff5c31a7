"""Record the replay of each reference, once: `reference/NN_slug/replay.jsonl` travels with a kata.

Usage: python docs/make_replays.py [KATA[:TEST[:TEST ...]] ...]

Without tests all of a kata's are recorded anew; with tests those alone, and the others stay.
"""

from __future__ import annotations

import sys
from pathlib import Path

from dojo.author.replayed import KEPT_RUNS
from dojo.catalog.kata import find_kata, load_catalog
from dojo.replay.story import read_stories, write_stories
from dojo.warm.client import Warm
from dojo.warm.replays import record

ROOT = Path(__file__).resolve().parent.parent


def main(asked: list[str]) -> int:
    """Record the named katas, or all; return how many could not be."""
    katas = load_catalog(ROOT)
    missing = 0
    with Warm(ROOT) as warm:
        for one in asked or [kata.id for kata in katas]:
            name, *tests = one.split(":")
            kata = find_kata(katas, name)
            verdict, stories = record(kata, "reference", tests, warm)
            if verdict.fault or verdict.red or not verdict.tests:
                red = ", ".join(test.test for test in verdict.red)
                print(f"{kata.id}: not recorded; red: {red} {verdict.fault}")
                missing += 1
                continue
            told = [story for story in stories if story.runs or story.tables]
            new = {story.test: story.cut(KEPT_RUNS) for story in told}
            known = {story.test: story for story in read_stories(kata.replay_file)}
            write_stories(kata.replay_file, list((known | new if tests else new).values()))
            print(f"{kata.id}: {len(told)} recorded", flush=True)
    return missing


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
