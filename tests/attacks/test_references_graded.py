"""Each reference gets full marks from `dojo grade`, behind walls of either kind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from dojo.catalog.kata import Kata, load_catalog
from dojo.grading.results import Results
from dojo.ground.paths import PACKAGE_ROOT as ROOT
from dojo.ground.paths import cache_dir
from dojo.sandbox.walls import Level, missing_for

KATAS = load_catalog(ROOT)
# The tasks of which nothing is seen but what the process itself tells: docs/marks.md.
OWN_WORD = {"01": "3", "04": "4", "05": "3", "10": "5", "15": "3"}


@pytest.mark.parametrize("level", get_args(Level))
def test_references_get_full_marks(level: Level, tmp_path: Path) -> None:
    if (missing := missing_for(level)) and not os.environ.get("CI"):
        pytest.skip(missing)
    for kata in KATAS:
        file = tmp_path / "class" / "anna" / "katas" / kata.id / f"{kata.slug}.py"
        file.parent.mkdir(parents=True)
        file.write_bytes(kata.reference_file.read_bytes())

    done = subprocess.run(
        [sys.executable, "-m", "dojo", "grade", "class", "--level", level],
        cwd=tmp_path,
        env={**os.environ, "DOJO_CACHE": str(cache_dir())},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    record = Results.model_validate_json((tmp_path / "results.json").read_bytes())
    marks = {one.kata: (one.earned, one.verdict, one.advice) for one in record.results}
    whole = {kata.id: (kata.points, "passed", _advice(kata)) for kata in KATAS}
    assert marks == whole


def _advice(kata: Kata) -> str:
    own = OWN_WORD.get(f"{kata.number:02d}")
    right = "all of it is right"
    return f"{right}; on its own word alone: task {own}" if own else right
