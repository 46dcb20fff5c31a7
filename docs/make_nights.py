"""Record the nights of kata 17: real runs with planted causes, read back from Prefect's API.

Usage: python docs/make_nights.py [FAMILY ...]

`katas/17_failed_night/nights.jsonl` is what its tests draw from, `reference/17_failed_night/
nights.jsonl` what its examination draws from: the same families, other seeds. With families named
those alone are recorded, the others stay. Runs last seconds, nights half an hour: each moment is
moved to its night, and its distance from the beginning of its run is stretched. Heartbeats, every
30 s of such a night for as long as the process really lived, are added: Prefect's come every 180 s.
The kept form, ids and moments made short, is that of `dojo.world.draw.recorded`, which draws from
it. `docs/nights/` has the flow, what is planted, and how it is recorded.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nights.families import families
from nights.recording import Recorder, prefect

ROOT = Path(__file__).resolve().parent.parent
KATA = "17_failed_night"
SEEDS = {f"katas/{KATA}/nights.jsonl": 17, f"reference/{KATA}/nights.jsonl": 1717}


def reference() -> Any:
    """Load the reference of kata 17."""
    import importlib.util

    path = ROOT / "reference" / KATA / "failed_night.py"
    spec = importlib.util.spec_from_file_location("failed_night", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def record(seed: int, names: list[str]) -> Iterator[dict[str, Any]]:
    """Record the named families, or all; Prefect is there."""
    recorder = Recorder(reference().read_runs)
    for name in names or families(random.Random(0)):
        rng = random.Random(f"{seed}/{name}")
        yield recorder.record(name, families(rng)[name], rng)


def main(asked: list[str]) -> None:
    """Record what is asked for, and write it where all of it is."""
    with prefect():
        for name, seed in SEEDS.items():
            path = ROOT / name
            known = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
            lines = {json.loads(line)["family"]: line for line in known if asked}
            for night in record(seed, asked):
                line = json.dumps(night, sort_keys=True, separators=(",", ":"))
                lines[night["family"]] = line
                print(f"{name}: {night['family']}", flush=True)
            path.write_text("\n".join(lines.values()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
