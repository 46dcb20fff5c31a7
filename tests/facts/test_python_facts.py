"""What Python, pandas and sqlite3 really do: what the katas' pages tell of them."""

from __future__ import annotations

import contextlib
import datetime
import errno
import io
import json
import os
import shutil
import sqlite3
import tempfile
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.facts.asking import example_of

pd = pytest.importorskip("pandas")
np = pytest.importorskip("numpy")

# 03 and 04: hashes and threads


@contextlib.contextmanager
def in_a_thread(work: Callable[[threading.Event, threading.Event], None]) -> Iterator[None]:
    """Run the block while the work stands between its two events."""
    begun, go_on = threading.Event(), threading.Event()
    thread = threading.Thread(target=work, args=(begun, go_on))
    thread.start()
    try:
        assert begun.wait(20)
        yield
    finally:
        go_on.set()
        thread.join()


def test_one_thread_puts_back_what_another_has_set() -> None:
    before = warnings.filters[:]

    def ends_later(begun: threading.Event, go_on: threading.Event) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            begun.set()
            go_on.wait(20)

    with in_a_thread(ends_later):
        seen_elsewhere = warnings.filters[0][0]
    warnings.filters[:] = before
    assert seen_elsewhere == "error"


def test_option_of_pandas_is_everybodys() -> None:
    def ends_later(begun: threading.Event, go_on: threading.Event) -> None:
        with pd.option_context("display.max_rows", 7):
            begun.set()
            go_on.wait(20)

    with in_a_thread(ends_later):
        assert pd.get_option("display.max_rows") == 7


# 06: what JSON and a file of customers keep


@pytest.mark.parametrize("value", [np.int64(1), pd.Series([1]), {1}, Path("x"), np.zeros(2)])
def test_json_refuses(value: object) -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        json.dumps(value)


def test_json_makes_texts_of_keys_and_writes_nan() -> None:
    assert json.loads(json.dumps({1017: 0.91})) == {"1017": 0.91}
    assert json.dumps(float("nan")) == "NaN"  # which is no JSON: databases refuse it


def test_pandas_takes_texts_for_blanks_and_numbers() -> None:
    read = pd.read_csv(io.StringIO("contract,postcode\nNone,01400\nNA,01400\nn/a,01400\n"))
    assert read["contract"].isna().all()
    assert read["postcode"].tolist() == [1400, 1400, 1400]


# 08, 09: no number


def test_comparison_with_nan_is_false() -> None:
    nan = float("nan")
    assert [nan < 0.8, nan >= 0.8, nan == nan] == [False, False, False]


# 10: two times of one zone


def test_times_of_one_zone_are_compared_by_the_clock_on_the_wall() -> None:
    paris = ZoneInfo("Europe/Paris")
    first = datetime.datetime(2026, 10, 25, 2, tzinfo=paris)
    an_hour_later = first.replace(fold=1)
    assert an_hour_later.timestamp() - first.timestamp() == 3600
    assert first == an_hour_later
    assert len({first, an_hour_later}) == 1


# 11: what a traceback has


@pytest.mark.parametrize(("way", "shown"), [("from error", True), ("", True), ("from None", False)])
def test_first_exception_is_in_the_traceback(way: str, shown: bool) -> None:
    text = f"""
try:
    raise OSError("https://hooks.example/secret")
except OSError as error:
    raise RuntimeError("webhook") {way}
"""
    with pytest.raises(RuntimeError) as caught:
        exec(text, {})
    told = "".join(traceback.format_exception(caught.type, caught.value, caught.tb))
    assert ("hooks.example/secret" in told) == shown


def test_raise_after_the_block_has_no_first_exception() -> None:
    try:
        raise OSError("secret")
    except OSError:
        pass
    with pytest.raises(RuntimeError) as caught:
        raise RuntimeError("webhook")
    assert caught.value.__context__ is None


# 14: a block of sqlite3


def test_block_of_sqlite_is_one_transaction_and_closes_nothing(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "warehouse.db")
    connection.execute("CREATE TABLE scores (day)")
    with connection:
        connection.execute("INSERT INTO scores VALUES (1)")
    with contextlib.suppress(ValueError), connection:
        connection.execute("INSERT INTO scores VALUES (2)")
        raise ValueError("late")
    assert connection.execute("SELECT day FROM scores").fetchall() == [(1,)]  # not closed
    connection.close()


# 16: numbers and files


def test_example_leaves_a_whole_file_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    example: dict[str, Any] = {}
    exec(example_of("16"), example)
    said = example["save_readings"]([1.0, 2.0], str(tmp_path), "2026-03-14")
    assert json.loads(Path(said["path"]).read_text()) == [1.0, 2.0]

    def full(*given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        example["save_readings"]([3.0], str(tmp_path), "2026-03-14")
    assert json.loads(Path(said["path"]).read_text()) == [1.0, 2.0]
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["readings.json"]


def test_row_of_a_frame_is_of_one_type() -> None:
    frame = pd.DataFrame({"customer_id": [1017], "charges": [29.9]})
    ((_, row),) = frame.iterrows()
    assert repr(float(row["customer_id"])) == "1017.0"
    assert type(row["customer_id"]).__name__ == "float64"


def test_sum_of_a_column_is_numpys() -> None:
    assert isinstance(pd.DataFrame({"calls": [1, 2]})["calls"].sum(), np.integer)


def test_tempfile_is_its_owners_only_under_any_name(tmp_path: Path) -> None:
    descriptor, made = tempfile.mkstemp(dir=tmp_path)
    os.close(descriptor)
    os.replace(made, tmp_path / "calls.csv")
    assert (tmp_path / "calls.csv").stat().st_mode & 0o777 == 0o600


def test_move_to_another_disk_is_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_text("table")
    copied: list[object] = []

    def other_disk(*names: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(os, "rename", other_disk)
    shutil.move(
        str(tmp_path / "a"),
        str(tmp_path / "b"),
        copy_function=lambda one, other: copied.append((one, other)) or shutil.copy2(one, other),
    )
    assert len(copied) == 1


def test_replace_needs_one_disk(tmp_path: Path) -> None:
    other = Path("/dev/shm")
    if not other.is_dir() or other.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is one disk here")
    (tmp_path / "part").write_text("table")
    with pytest.raises(OSError, match="cross-device") as caught:
        os.replace(tmp_path / "part", other / f"{tmp_path.name}-table")
    assert caught.value.errno == errno.EXDEV
