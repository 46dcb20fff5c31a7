"""The table of what works with what is made of what was run, and of nothing else."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKER = runpy.run_path(str(ROOT / "docs" / "make_works.py"))
PAGES: dict[Path, str] = MAKER["pages"](MAKER["recorded"]())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_table_follows_the_record(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == PAGES[page], "run: python docs/make_works.py"


def test_counts_come_from_what_pytest_reports(tmp_path: Path) -> None:
    folder = tmp_path / "katas" / "02_retries"
    folder.mkdir(parents=True)
    (folder / "test_retries.py").write_text(
        "def test_a(): assert True\ndef test_b(): assert False\ndef test_c(nothing): pass\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:ml-dojo", "--junit-xml=report.xml"]
    subprocess.run([*command, "katas"], cwd=tmp_path, capture_output=True, check=False)
    counted = MAKER["counted_in"](tmp_path / "report.xml")

    assert len(counted.pop("day")) == len("2026-11-30")
    assert counted == {"tests": 3, "red": 2, "red_katas": ["02_retries"]}


def a_row(track: str, python: str, day: str, red: int = 0) -> dict[str, Any]:
    return {
        "track": track,
        "python": python,
        "day": day,
        "system": "Made up 1, x86_64",
        "packages": {track: "1.0"},
        "tests": 9,
        "red": red,
        "red_katas": ["02_retries"] if red else [],
    }


def test_new_run_takes_the_place_of_the_last_one_of_its_python() -> None:
    rows = [a_row("dagster", "3.9.1", "2026-01-01"), a_row("prefect", "3.10.1", "2026-01-01")]
    rows = MAKER["kept"](rows, a_row("prefect", "3.9.2", "2026-01-02"))
    rows = MAKER["kept"](rows, a_row("prefect", "3.10.7", "2026-01-03", red=2))

    assert [(row["track"], row["python"]) for row in rows] == [
        ("prefect", "3.9.2"),
        ("prefect", "3.10.7"),
        ("dagster", "3.9.1"),
    ]
    assert MAKER["told"](rows, "en")[1].endswith("| 2 of 9 red: 02_retries |")
    assert MAKER["told"](rows, "fr")[0].endswith("| 9, tous verts |")


def test_table_without_a_run_says_so() -> None:
    assert MAKER["told"]([], "en") == ["| | | | | | the weekly job has not run yet |"]
