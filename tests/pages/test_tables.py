"""The tables of katas in the pages are those that `docs/make_tables.py` makes of the catalogue."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKER = runpy.run_path(str(ROOT / "docs" / "make_tables.py"))
PAGES: dict[Path, str] = MAKER["pages"]()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_tables_follow_the_catalogue(page: Path) -> None:
    made = PAGES[page]
    assert page.read_text(encoding="utf-8") == made, "run: python docs/make_tables.py"


def test_only_the_rows_of_the_table_are_replaced() -> None:
    page = "# A\n\n| a | b |\n| --- | --- |\n| old | 1 |\n| old | 2 |\n\n| c |\n| --- |\n| kept |\n"
    made = MAKER["with_rows"](page, "| a | b |", ["| new | 3 |"])

    assert made == "# A\n\n| a | b |\n| --- | --- |\n| new | 3 |\n\n| c |\n| --- |\n| kept |\n"
