"""The sample is the katas' customers with the faults of a real export, whole files only."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from dojo.ground.paths import PACKAGE_ROOT
from dojo.terminal.sample_data import main, make_sample
from dojo.world.draw.churn import make_customers

pandas = pytest.importorskip("pandas")
MANY = make_sample(4000)


def command(monkeypatch: pytest.MonkeyPatch, *args: object) -> None:
    monkeypatch.setattr(sys, "argv", ["generate_sample_data", *map(str, args)])
    main()


def share(fault: str) -> float:
    found = {
        "no_calls": [row for row in MANY if row["support_calls"] is None],
        "no_total": [row for row in MANY if row["total_charges"] is None],
        "contract": [row for row in MANY if row["contract"].startswith(" ")],
        "negative": [row for row in MANY if row["monthly_charges"] < 0],
        "twice": MANY[4000:],
    }
    return len(found[fault]) / len(MANY)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("no_calls", 0.03),
        ("no_total", 0.02),
        ("contract", 0.01),
        ("negative", 0.005),
        ("twice", 0.01),
    ],
)
def test_faults_are_there_and_rare(fault: str, expected: float) -> None:
    assert share(fault) == pytest.approx(expected, rel=0.5)


def test_same_seed_gives_the_same_sample() -> None:
    assert make_sample(300, seed=3) == make_sample(300, seed=3)
    assert make_sample(300, seed=3) != make_sample(300, seed=4)


def test_sample_has_the_same_people_as_the_katas() -> None:
    churned = {row["customer_id"]: row["churned"] for row in make_sample(200)}

    assert churned == {row["customer_id"]: row["churned"] for row in make_customers(200)}


def test_both_formats_hold_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("pyarrow")
    files = [tmp_path / "churn.csv", tmp_path / "churn.parquet"]
    command(monkeypatch, *files, "--count", 300, "--seed", 5)

    csv, parquet = pandas.read_csv(files[0]), pandas.read_parquet(files[1])
    assert len(csv) >= 300
    assert list(csv.columns) == list(parquet.columns)
    assert csv["total_charges"].tolist() == pytest.approx(
        parquet["total_charges"].tolist(), nan_ok=True
    )
    assert capsys.readouterr().out.count("seed 5") == 2
    assert sorted(tmp_path.iterdir()) == files


def test_kept_file_is_what_the_command_writes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    command(monkeypatch, tmp_path / "customers.csv", "--count", 400, "--clean")

    kept = PACKAGE_ROOT / "reference" / "data" / "customers.csv"
    assert kept.read_bytes() == (tmp_path / "customers.csv").read_bytes()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["churn.xlsx"], "neither .csv nor .parquet"),
        (["churn.csv", "--count", "0"], "'0' is not a whole number from 1"),
        (["nowhere/churn.csv"], "nowhere"),
    ],
    ids=["format", "count", "folder"],
)
def test_bad_input_is_one_line_and_exit_two(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    args: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="2"):
        command(monkeypatch, *args)

    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
