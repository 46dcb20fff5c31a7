"""Record the replay of each reference, once: `reference/NN_slug/replay.jsonl` travels with a kata.

Usage: python docs/make_replays.py [KATA ...]
"""

from __future__ import annotations

import sys
from pathlib import Path

from dojo.author.replayed import KEPT_RUNS
from dojo.catalog.kata import find_kata, load_catalog
from dojo.replay.story import write_stories
from dojo.warm.client import Warm
from dojo.warm.replays import record

ROOT = Path(__file__).resolve().parent.parent


def main(names: list[str]) -> int:
    """Record the named katas, or all; return how many have no replay now."""
    katas = load_catalog(ROOT)
    missing = 0
    with Warm(ROOT) as warm:
        for kata in [find_kata(katas, name) for name in names] or katas:
            verdict, stories = record(kata, "reference", (), warm)
            if not verdict.solved:
                red = ", ".join(one.test for one in verdict.red)
                print(f"{kata.id}: not recorded; red: {red} {verdict.fault}")
                missing += 1
                continue
            write_stories(kata.replay_file, [one.cut(KEPT_RUNS) for one in stories])
            print(f"{kata.id}: {len(stories)} tests", flush=True)
    return missing


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
