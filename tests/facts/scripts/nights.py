"""Record some nights of kata 17 anew: see test_recorded_night_facts.py."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "docs"))
import make_nights

FAMILIES = [
    "retry_healed",
    "code_in_training",
    "stale_features_unseen",
    "crashed_when_done",
    "lost",
]
with make_nights.prefect():
    seed = make_nights.SEEDS[f"katas/{make_nights.KATA}/nights.jsonl"]
    nights = {one["family"]: one for one in make_nights.record(seed, FAMILIES)}
Path("found.json").write_text(json.dumps(nights), encoding="utf-8")
