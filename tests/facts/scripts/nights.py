"""Record some nights of kata 17 anew: see test_recorded_night_facts.py."""

import importlib.util
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
spec = importlib.util.spec_from_file_location("make_nights", ROOT / "docs" / "make_nights.py")
make_nights = importlib.util.module_from_spec(spec)
sys.modules["make_nights"] = make_nights
spec.loader.exec_module(make_nights)

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
