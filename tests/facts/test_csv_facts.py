"""What Python's `csv` does with a carriage return alone, as the page of kata 16 says."""

from __future__ import annotations

import csv
import io
import sys

# 3.11 and 3.12 have it since spring 2024.
QUOTES_IT_ALWAYS = sys.version_info >= (3, 12, 3) or (3, 11, 9) <= sys.version_info < (3, 12)


def written(end: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end).writerow(["12 rue du Bac\rParis", "x"])
    return text.getvalue()


def test_carriage_return_alone_is_quoted_where_lines_end_with_one() -> None:
    assert written("\r\n") == '"12 rue du Bac\rParis",x\r\n'


def test_old_pythons_quote_it_nowhere_else() -> None:
    assert (written("\n")[0] == '"') == QUOTES_IT_ALWAYS
