"""A file is written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from dojo.ground.files import replacing, write_whole


def test_file_is_made_and_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_whole(path, "é\r\n")
    write_whole(path, "two\n")
    assert path.read_bytes() == b"two\n"
    assert [one.name for one in tmp_path.iterdir()] == ["a.json"]


def test_old_file_stays_when_the_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")

    def write_half() -> None:
        with replacing(path) as beside:
            beside.write_text("half")
            raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        write_half()
    assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]


def test_path_beside_keeps_the_ending_and_the_folder(tmp_path: Path) -> None:
    with replacing(tmp_path / "a.parquet") as beside:
        assert (beside.parent, beside.suffix) == (tmp_path, ".parquet")
        beside.write_text("x")


def test_folder_that_is_not_there_is_the_callers_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        write_whole(tmp_path / "none" / "a", "x")
