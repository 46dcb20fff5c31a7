"""Nights of a company that calls the customers who may leave: its files, and who is to be called.

The customers' file is as an export has it, and for its owner only; yesterday's call list is there.
The name of the folder
that the runs share has in it what a solution may call its own files.
"""

from __future__ import annotations

import contextlib
import copy
import itertools
import os
import re
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dojo.world.draw import Customers, Draw
from dojo.world.draw import qualities as q
from dojo.world.draw.values import SAME_SHORT_DIGEST
from dojo.world.files import calls, tables
from dojo.world.files.written import Files

YESTERDAY = "customer_id,probability,monthly_charges\n77,0.5,9.5\n"
OF_AN_EXPORT = (
    q.TWICE,
    q.TWICE_UNLIKE,
    q.ZEROS,
    q.BLANK_LINES,
    q.LINE_ENDS,
    q.BACKSLASHES,
    q.PADDED,
    q.MAC_ENDS,
    q.RARE_ENDS,
    q.ZERO_IDS,
    q.LAST_SCORE,
)
_YEAR_S = 366 * 24 * 3600.0


class Nights(Files):
    """The folders of one test, what lies in them, and what has to come of it."""

    # A kata's test imports nothing of the house: it finds here what needs no file, too.
    read_rows, numbers_of = staticmethod(tables.read_rows), staticmethod(tables.numbers_of)
    near, first_difference = staticmethod(tables.near), staticmethod(tables.first_difference)
    paid_by, report_of = staticmethod(calls.paid_by), staticmethod(calls.report_of)

    def __init__(self, folder: Path) -> None:
        """Make the folders, but not that of the runs."""
        self.source = folder / "source" / "customers.csv"
        self.target = folder / "calls.csv.d" / "calls.csv"
        super().__init__(folder, self.source, self.target)
        self.work = folder / "customers.csv.d"
        self.source.parent.mkdir()
        self.target.parent.mkdir()
        self.yesterday()
        usual = {False: self.target, True: self.target.parent}
        self._usual = {is_folder: path.stat().st_mode for is_folder, path in usual.items()}
        self.source.parent.chmod(0o700)

    def yesterday(self) -> None:
        """Put yesterday's list in place."""
        self.target.write_text(YESTERDAY, encoding="utf-8")

    def customers(self, draw: Draw, number: int, **more: Any) -> Customers:
        """Write drawn customers to the source, charges blank for some; return them."""
        also = (*OF_AN_EXPORT, *more.pop("also", ()))
        drawn = draw.customers(number, churned=False, blank=["monthly_charges"], also=also, **more)
        self.source.write_text(drawn.csv(), encoding="utf-8", newline="")
        self.source.chmod(0o600)
        return drawn

    def corrected(self, drawn: Customers) -> Customers:
        """Write the source anew, with other calls, as long as before and an hour older."""
        at = self.source.stat().st_mtime_ns - 3600 * 10**9
        new = copy.copy(drawn)
        new[:] = [{**row, "support_calls": _one_more(row["support_calls"])} for row in drawn]
        self.source.write_text(new.csv(), encoding="utf-8", newline="")
        os.utime(self.source, ns=(at, at))
        return new

    def new_night(self, draw: Draw, number: int, **more: Any) -> Customers:
        """Write drawn customers to the source, and empty the folder of the runs."""
        shutil.rmtree(self.work, ignore_errors=True)
        return self.customers(draw, number, **more)

    def call_work_as(self, path: str) -> None:
        """Remove the folder of the runs; the next one is called as a file of the solution's is.

        Args:
            path: The file: who makes another name of a path by replacing words leaves that folder.
        """
        shutil.rmtree(self.work, ignore_errors=True)
        stem, _, ending = os.path.basename(path).rpartition(".")
        word = (re.findall(r"[A-Za-z]{2,}", stem) or [stem])[-1]
        self.work = self.folder / f"{word}.{ending}.d" / word

    def kept_from_others(self, path: str) -> str:
        """Name what others may not read on the way to a file, and its mode; nothing if they may.

        Args:
            path: The file; looked at are also the folders that it lies in, within the test's.
        """
        for one in (Path(path), *Path(path).parents):
            if self.folder.resolve() not in one.resolve().parents:
                break
            mode = one.stat().st_mode
            if self._usual[one.is_dir()] & ~mode & (0o055 if one.is_dir() else 0o044):
                return f"{self.without_folder(one)} of mode {stat.S_IMODE(mode):04o}"
        return ""

    def table(self, **columns: Any) -> None:
        """Write customers of these columns to the source."""
        import pandas

        table = pandas.DataFrame({"tenure_months": 12, "contract": "one year", **columns})
        table.to_csv(self.source, index=False)

    def left(self) -> list[str]:
        """Name what lies in the folder of the runs, folders too."""
        return sorted(str(path.relative_to(self.work)) for path in self.work.rglob("*"))

    def age(self) -> None:
        """Have all that lies in the folder of the runs be a year old."""
        then = time.time() - _YEAR_S
        for path in (*self.work.rglob("*"), self.work):
            os.utime(path, (then, then))

    def called(self) -> list[tuple[str, float, float]]:
        """Read the call list: the ids as text, without zeros in front, probabilities, charges."""
        rows = tables.read_rows(str(self.target))
        who = [(row.get("customer_id") or "").lstrip("0") for row in rows]
        numbers = (tables.numbers_of(rows, name) for name in ("probability", "monthly_charges"))
        return list(zip(who, *numbers, strict=True))

    @contextlib.contextmanager
    def on_another_processor(self) -> Iterator[None]:
        """Have numpy's `exp` differ in the last digit, as it does between processors."""
        import numpy

        here = numpy.exp
        numpy.exp = lambda *args, **more: here(*args, **more) * (1 + 2**-52)
        try:
            yield
        finally:
            numpy.exp = here

    def fault_of_list(self, drawn: Customers, at_most: int) -> tuple[str, str, str] | None:
        """Name the first fault of the list: what it is, what was expected, and what it costs."""
        return calls.fault_of(self.called(), calls.likeliest(drawn, at_most))

    def run_ids(self, draw: Draw, *more: str) -> list[str]:
        """Draw ids as Airflow allows them, and add some."""
        # Where the disk takes capitals and small letters for the same, a run is still a run, but no
        # solution that names files by ids as they are could be right.
        tame = [q.CAPITALS] if os.path.exists(__file__.swapcase()) else []
        drawn = draw.names(signs=r"[A-Za-z0-9_.~:+-]", tame=tame).values()
        return list(dict.fromkeys([*drawn, "..", ".", *more]))

    def ids_named_as(self, *paths: str) -> list[str]:
        """Name runs by the words that a solution's files have in their paths below `work`.

        Args:
            paths: Files of one run: who makes a name of the other by replacing words leaves the
                run.
        """
        below = " ".join(os.path.relpath(path, self.work.resolve()) for path in paths)
        words = dict.fromkeys(re.findall(r"[A-Za-z]{2,}", below))
        return [f"backfill_{word}" for word in words]

    def ids_that_are_nearly_one(self) -> list[str]:
        """Name runs of one moment, of one short digest, or of the same letters."""
        stamp = "manual__2026-03-14T02:00:00"
        moments = [f"{stamp}{zone}" for zone in ("", "Z", "+00:00", "-00:00", ".000000+00:00")]
        letters = ["m_1", "m.1", "m1", "m-1", "m1_", "_m1"]
        pairs = itertools.chain.from_iterable(SAME_SHORT_DIGEST)
        return [*moments, "manual__2026-03-14T03:00:00+01:00", *letters, *pairs]


def _one_more(calls: float) -> float:
    """Count one more, as long as that has no more digits."""
    return calls + 1 if calls < 9 else calls
