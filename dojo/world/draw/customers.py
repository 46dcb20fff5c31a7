"""Draw customers as production has them: a table with all that a tidy example lacks."""

from __future__ import annotations

import csv
import io
import random
import types
from collections.abc import Callable, Iterable
from typing import Any

from dojo.world.draw import qualities as q
from dojo.world.draw.churn import make_customers
from dojo.world.draw.contracts import Streams, draw_contracts

COLUMNS = (
    "customer_id",
    "tenure_months",
    "monthly_charges",
    "support_calls",
    "contract",
    "churned",
)
WHOLE = ("customer_id", "tenure_months", "support_calls", "churned")
NUMBERS = ("tenure_months", "monthly_charges", "support_calls")
CONTRACTS = ("month-to-month", "one year", "two years")
# Beside the first float cannot tell its neighbour: read as floats, two customers are one.
FIRST_HUGE = 2**53
_LOOK_ALIKES = ("01400", "n/a", "1e5", "None", "TRUE", "007", "2026-03-29", "null", "NA")
# What an export may have beside the columns that are asked for.
_LIKE_COLUMNS = (
    "contract_value",
    "contract_months",
    "support_calls_before",
    "charges",
    "churned_on",
)
_NEAR = 10**8


class Customers(list[dict[str, Any]]):
    """Customers, one JSON-safe dict each, a blank as None; also as a frame or a CSV file."""

    def __init__(
        self,
        rows: Iterable[dict[str, Any]],
        columns: list[str],
        index: list[int] | None,
        end: str,
        blank_line_every: int = 0,
        on: Iterable[str] = (),
    ) -> None:
        """Keep the rows and how they are laid out."""
        super().__init__(rows)
        self.columns = columns
        self._index = index
        self._end = end
        self._blank_line_every = blank_line_every
        self._on = frozenset(on)

    def frame(self) -> Any:
        """Make a `pandas.DataFrame`; numbers with blanks are floats, as pandas reads them."""
        import pandas

        frame = pandas.DataFrame(list(self), columns=self.columns, index=self._index)
        for name in {*NUMBERS, "churned"} & set(self.columns):
            if frame[name].dtype == object:  # nothing but blanks, or no row
                frame[name] = frame[name].astype(float)
        return frame

    def csv(self) -> str:
        """Write a CSV file: text that reads back as the values, but for torn rows."""
        text = io.StringIO()
        write = _writing_into(text)
        write(self.columns)
        # Neither the first row, by which a reader may tell the columns, nor the last one.
        too_many, too_few = len(self) // 2, len(self) // 2 + 1
        for number, row in enumerate(self, start=1):
            fields = ["" if row[name] is None else row[name] for name in self.columns]
            if q.ZERO_IDS in self._on and number % 2:
                fields[self.columns.index("customer_id")] = f"00{row['customer_id']}"
            if q.FIELD_TOO_MANY in self._on and number == too_many:
                # As a comma does in the name of a contract that nobody has put between quotes.
                fields.insert(self.columns.index("contract") + 1, " paid monthly")
            if q.FIELD_TOO_FEW in self._on and number == too_few:
                del fields[-1]
            write(fields)
            if self._blank_line_every and number % self._blank_line_every in (0, 1):
                text.write("\n")
        return text.getvalue().rstrip("\n") + self._end


def _writing_into(text: io.StringIO) -> Callable[[Iterable[Any]], object]:
    """Return what writes a line; old Pythons quote a lone carriage return at these ends only."""
    lines = types.SimpleNamespace(write=lambda line: text.write(line[:-2] + "\n"))
    return csv.writer(lines, lineterminator="\r\n").writerow


def draw_customers(
    streams: Streams,
    on: frozenset[str],
    count: int,
    blank: tuple[str, ...],
    alike: tuple[str, ...],
    churned: bool,
) -> Customers:
    """Draw customers; see `Draw.customers`.

    Args:
        streams: Gives a quality its own random numbers, so that leaving it out changes no other.
        on: The qualities.
        count: How many, if no shape says otherwise.
        blank: The columns that may have blanks.
        alike: The columns that have one value for all rows, if that shape is on.
        churned: Whether they have that column.

    Returns:
        The customers.
    """
    count = 0 if q.NO_ROWS in on else 1 if q.ONE_ROW in on else count
    count = max(count, 1001) if q.MANY_ROWS in on else count
    rows = make_customers(count, seed=streams("rows").randrange(2**32))
    for change in (_text, _numbers, draw_contracts, _ids):
        change(streams, on, rows)
    if q.ALL_ALIKE in on:
        for row in rows:
            row.update({name: rows[0][name] for name in alike})
    if q.BLANKS in on:
        _blank(streams(q.BLANKS), rows, blank)
    if q.ZEROS in on:
        _zeros(rows)
    if q.LAST_SCORE in on:
        for row in rows:
            row["probability"] = round(streams(q.LAST_SCORE).random(), 3)
    if q.TWICE in on and rows:
        rows += [dict(row) for row in rows[: max(1, count // 10)]]
        streams(q.TWICE).shuffle(rows)
    if q.TWICE_UNLIKE in on and rows:
        _twice_unlike(streams(q.TWICE_UNLIKE), rows, blank)
    if q.LIKE_COLUMNS in on:
        for row in rows:
            row.update({name: streams(name).randrange(1, 9) for name in _LIKE_COLUMNS})
    if q.PADDED in on and rows:
        rows[-1]["note"] = "pays late "  # at the very end of the file
    columns = _columns(streams, on, churned)
    index = _index(streams, on, len(rows))
    laid_out = ({name: row[name] for name in columns} for row in rows)
    end = "\n" * (2 if q.BLANK_LINES in on else q.OPEN_END not in on or not rows)
    return Customers(laid_out, columns, index, end, 7 if q.BLANK_LINES in on else 0, on)


def _ids(streams: Streams, on: frozenset[str], rows: list[dict[str, Any]]) -> None:
    """Number the customers."""
    count = len(rows)
    ids = list(range(1000, 1000 + count))
    if q.GAPS in on:
        ids = sorted(streams(q.GAPS).sample(range(1, 20 * count + 50), count))
    if q.HUGE_IDS in on:
        # In pairs: an even one, and the odd one after it, which a float cannot hold.
        huge = max(min(count, 2), count // 5)
        first = FIRST_HUGE + 2 * streams(q.HUGE_IDS).randrange(10**6)
        # With the odd one first, one customer alone is one that a float cannot hold.
        ids[count - huge :] = [first + 1 - number % 2 + 2 * (number // 2) for number in range(huge)]
        ids.sort()
    if q.UNSORTED in on:
        streams(q.UNSORTED).shuffle(ids)
        if count > 1 and ids == sorted(ids):
            ids.reverse()
    for row, number in zip(rows, ids, strict=True):
        row["customer_id"] = number


def _numbers(streams: Streams, on: frozenset[str], rows: list[dict[str, Any]]) -> None:
    """Make the numbers as an export has them."""
    rng = streams(q.LONG_DECIMALS)
    for row in rows:
        if q.LONG_DECIMALS in on:
            row["monthly_charges"] += rng.randrange(1, 1000) * 7e-13 + 3e-3
        if q.FLOATS in on:
            row["tenure_months"] = float(row["tenure_months"])
            row["support_calls"] = float(row["support_calls"])
        if q.NEAR_NUMBERS in on:
            row.update({name: row[name] + _NEAR for name in NUMBERS})


def _text(streams: Streams, on: frozenset[str], rows: list[dict[str, Any]]) -> None:
    """Write a note beside each customer."""
    kinds = {
        q.ACCENTS: ("déménagé à Besançon", "Łódź, ß, 東京", "naïve café", "٢٠٢٦"),
        q.PUNCTUATION: ('said "never again", twice', "moved,\nnew contract", "it's; done\n"),
        q.MARGINS: ("called #3 times, moved", "# unknown", " pays late", "asked twice  "),
        q.LOOK_ALIKES: _LOOK_ALIKES,
        q.LINE_ENDS: ("moved,\r\nnew contract",),
        q.BACKSLASHES: (r"C:\temp\new", 'said \\"no\\"', "ends so \\"),
        q.PADDED: ("pays late\t", "moved \t"),
        q.MAC_ENDS: ("moved\rnew contract", "called\r\rtwice\r"),
        q.RARE_ENDS: ("moved\u2028twice", "on\x85holiday", "page\x0cbreak", "a\x0bb\x1cc"),
        q.BLANK_LINES: ("moved\n\nnew contract", "called\n \n\ntwice"),
    }
    allowed = [choices for kind, choices in kinds.items() if kind in on] or [("moved", "pays late")]
    rng = streams("notes")
    # Each kind in its turn, and one number a row: leaving a kind out changes no other row's draw.
    for number, row in enumerate(rows):
        choices = allowed[number % len(allowed)]
        row["note"] = choices[int(rng.random() * len(choices))]


def _blank(rng: random.Random, rows: list[dict[str, Any]], columns: tuple[str, ...]) -> None:
    """Leave at least one value of each column out, and one in it if there are two rows."""
    for name in columns:
        fewest = min(1, len(rows))
        for row in rng.sample(rows, max(fewest, len(rows) // 12)):
            row[name] = None


def _zeros(rows: list[dict[str, Any]]) -> None:
    """Have two customers be new, who have never called: one with a blank, if there are blanks."""
    blank = [row for row in rows if None in row.values()]
    whole = [row for row in rows if None not in row.values()]
    for row in (*blank[:1], *whole[:1]):
        known = (name for name in ("tenure_months", "support_calls") if row[name] is not None)
        row.update({name: type(row[name])(0) for name in known})


def _twice_unlike(rng: random.Random, rows: list[dict[str, Any]], blank: tuple[str, ...]) -> None:
    """Have some customers be there again, somewhere else: more calls, other charges, or none."""
    for number, row in enumerate(rng.sample(rows, max(1, len(rows) // 10))):
        other = dict(row)
        if other["support_calls"] is not None:
            other["support_calls"] += 1 + number % 3
        if number % 3 == 2 and "monthly_charges" in blank:
            other["monthly_charges"] = None
        elif other["monthly_charges"] is not None:
            other["monthly_charges"] += 10
        rows.insert(rng.randrange(len(rows) + 1), other)


def _columns(streams: Streams, on: frozenset[str], churned: bool) -> list[str]:
    columns = [name for name in COLUMNS if churned or name != "churned"]
    if q.EXTRA_COLUMN in on:
        columns.append("note")
    if q.LAST_SCORE in on:
        columns.append("probability")
    if q.LIKE_COLUMNS in on:
        columns += _LIKE_COLUMNS
    if q.COLUMN_ORDER in on:
        usual = list(columns)
        streams(q.COLUMN_ORDER).shuffle(columns)
        if columns[0] == "customer_id" or columns == usual:
            columns.reverse()
    if q.PADDED in on and "note" in columns:
        columns.append(columns.pop(columns.index("note")))
    return columns


def _index(streams: Streams, on: frozenset[str], count: int) -> list[int] | None:
    """Make the labels of rows that a filter has left in another order, or of two joined tables."""
    if q.SAME_LABELS in on:
        return [number // 2 for number in streams(q.SAME_LABELS).sample(range(count), count)]
    if q.OWN_INDEX in on:
        return [7 + 3 * number for number in streams(q.OWN_INDEX).sample(range(count), count)]
    return None
