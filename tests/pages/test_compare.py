"""The comparison of the orchestrators reads its table from the page and counts lines honestly."""

from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMPARE = runpy.run_path(str(ROOT / "benchmarks" / "compare.py"))
code_lines, page_rows = COMPARE["code_lines"], COMPARE["page_rows"]


def test_docstrings_comments_and_blanks_are_no_code(tmp_path: Path) -> None:
    file = tmp_path / "flow.py"
    file.write_text(
        '"""What it is.\n\nAnd more.\n"""\n\n# why\nx = 1  # how\n\n\ndef f():\n'
        '    """Say."""\n    return (\n        x\n    )\n'
    )
    assert code_lines(file) == 5


def test_rows_come_from_the_page() -> None:
    rows = page_rows(ROOT / "docs" / "quick_reference.md")
    assert [row[0] for row in rows][:4] == ["unit", "pipeline", "passing data", "dependencies"]
    assert {len(row) for row in rows} == {4}
