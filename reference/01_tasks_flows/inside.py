"""What the examination of 01_tasks_flows has run inside: each function gets the submission.

Frames come as the text of a CSV file, which the submission does not read, with labels of their own.
"""

from __future__ import annotations

import builtins
import io
import os
import tempfile
import warnings
from pathlib import Path
from typing import Any
from unittest import mock

from dojo.world.locales import open_as_ascii, pathlib_as_ascii

_ALIKE = {"tenure_months": 12.0, "monthly_charges": 40.123, "support_calls": 0.0, "committed": 1}
_THEN_NS = 1_700_000_000_000_000_000
_HEAD = "customer_id,tenure_months,monthly_charges,support_calls,contract,churned\n"


class LooksAtNumbers:
    """A model whose score is of another kind than what it predicts."""

    def predict(self, rows: Any) -> Any:
        """Predict 1 where a number is blank, or where the greatest one is odd but for a rest."""
        import numpy

        numbers = numpy.asarray(rows, dtype=float)
        greatest = numpy.nan_to_num(numbers, nan=-numpy.inf).max(axis=1)
        return (numpy.isnan(numbers).any(axis=1) | (greatest // 1 % 2 == 1)).astype(int)

    def score(self, *_: Any) -> float:
        """Say how well it fits: the less below 0, the better."""
        return -0.25


def _frame(text: str, labels: list[int] | None) -> Any:
    import pandas

    frame = pandas.read_csv(io.StringIO(text, newline=""))
    return frame if labels is None else frame.set_axis(labels)


def load_as_ascii(subject: Any, _: Path, path: str) -> Any:
    """Load a file on a machine whose text is ASCII."""
    with mock.patch.dict(vars(subject._module), open=open_as_ascii), pathlib_as_ascii():
        return subject.load_customers(path)


def load_spoilt(subject: Any, work: Path, text: str, letters: list[int]) -> Any:
    """Load a file that ends in these bytes."""
    path = work / "spoilt.csv"
    path.write_bytes(text.encode() + bytes(letters))
    return subject.load_customers(str(path))


def load_unopened(subject: Any, _: Path, path: str, number: int) -> Any:
    """Load a file that is there, and that the system refuses to open."""
    real = open

    def refuse(file: Any, *args: Any, **more: Any) -> Any:
        if not isinstance(file, int) and os.fspath(file) in (path, os.fsencode(path)):
            raise OSError(number, os.strerror(number), path)
        return real(file, *args, **more)

    with mock.patch.object(builtins, "open", refuse), mock.patch.object(io, "open", refuse):
        return subject.load_customers(path)


def load_long(subject: Any, work: Path, count: int, last: int) -> list[int]:
    """Load a file of many customers; return how many there were, and the id of the last one."""
    path = work / "long.csv"
    path.write_text(_HEAD + "7,1,1,1,a,0\n" * (count - 1) + f"{last},1,1,1,a,0\n")
    frame = subject.load_customers(str(path))
    return [len(frame), int(frame["customer_id"].iloc[-1])]


def engineer(subject: Any, _: Path, text: str, labels: list[int]) -> Any:
    """Make the features of some customers."""
    return subject.engineer_features(_frame(text, labels))


def train(subject: Any, _: Path, text: str, labels: list[int] | None = None) -> Any:
    """Train on these features."""
    return subject.train_model(_frame(text, labels))


def learn_with_blanks(subject: Any, work: Path, text: str, calls: list[float | None]) -> Any:
    """Train on features with blanks, and predict; None if it raises, which is right as well."""
    try:
        model = train(subject, work, text)
    except NotImplementedError:
        raise
    except Exception:
        return None
    return predict(subject, work, model, calls)


def train_on_many(subject: Any, _: Path, nameless: list[int], left: list[int]) -> Any:
    """Train on 60,000 customers: the middle one of those without an id calls, and leaves."""
    import numpy
    import pandas

    places = numpy.arange(60_000)
    calls = numpy.where(places == nameless[1], 1000, 0)
    rows = {
        "customer_id": numpy.where(numpy.isin(places, nameless), numpy.nan, 4 * places + 1),
        "churned": numpy.isin(places, [nameless[1], *left]).astype(int),
        **{**_ALIKE, "support_calls": calls},
    }
    return subject.train_model(pandas.DataFrame(rows))


def predict(_: Any, __: Path, model: Any, calls: list[float | None]) -> Any:
    """Return what a model predicts for customers who called so often; None if it cannot."""
    import pandas

    rows = pandas.DataFrame({**_ALIKE, "support_calls": pandas.Series(calls, dtype=float)})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return [int(one) for one in model.predict(rows)]
        except ValueError:  # a blank
            return None


def measure(subject: Any, _: Path, text: str, labels: list[int] | None, model: Any = None) -> Any:
    """Measure a model on these features; one that looks at the numbers if there is none."""
    return subject.evaluate_model(
        LooksAtNumbers() if model is None else model, _frame(text, labels)
    )


def put(_: Any, work: Path, name: str, text: str) -> str:
    """Write a file that has the same time whenever it is written; return its path."""
    path = work / name
    path.write_text(text, encoding="utf-8", newline="")
    os.utime(path, ns=(_THEN_NS, _THEN_NS))
    return str(path)


def files(_: Any, work: Path) -> list[str]:
    """Name the files in the folder, the temporary and the working one."""
    places = {work, Path(tempfile.gettempdir()), Path.cwd()}
    return sorted(str(one) for place in places for one in place.iterdir() if one.is_file())


def told_again(_: Any, __: Path, value: Any) -> Any:
    """Return what a call returned earlier, as it is now."""
    return value
