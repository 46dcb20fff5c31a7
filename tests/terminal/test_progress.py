"""What was seen green is remembered, for as long as the files stay as they were."""

from __future__ import annotations

import json
from pathlib import Path

import filelock
import pytest

from dojo.catalog.kata import Kata, read_kata
from dojo.catalog.progress import fingerprint, is_solved, record_progress, solved_tasks
from dojo.catalog.verdict import KataVerdict, TestVerdict

TOML = """
number = {number}
slug = "demo"
track = "prefect"
needs = []
title = {{ en = "a", fr = "b" }}
[[tasks]]
title = {{ en = "a", fr = "b" }}
points = 1
tests = ["test_a"]
hints = {{ en = ["a", "b", "c"], fr = ["a", "b", "c"] }}
[[tasks]]
title = {{ en = "a", fr = "b" }}
points = 1
tests = ["test_b"]
hints = {{ en = ["a", "b", "c"], fr = ["a", "b", "c"] }}
"""


def make_kata(root: Path, number: int = 1) -> Kata:
    folder = root / "katas" / f"{number:02d}_demo"
    folder.mkdir(parents=True)
    (folder / "kata.toml").write_text(TOML.format(number=number), encoding="utf-8")
    (folder / "demo.py").write_text("def a(): ...\n")
    (folder / "test_demo.py").write_text("def test_a(): ...\n")
    return read_kata(folder)


@pytest.fixture
def kata(tmp_path: Path) -> Kata:
    return make_kata(tmp_path)


def saw(kata: Kata, fault: str = "", **green: bool) -> KataVerdict:
    tests = tuple(
        TestVerdict(f"test_{name}", None, passed, "passed" if passed else "stub", "", 0.1)
        for name, passed in green.items()
    )
    return KataVerdict(kata.id, "learner", tests, 0.2, fault)


def remember(kata: Kata, verdict: KataVerdict) -> None:
    record_progress(kata, verdict, fingerprint(kata))


def test_nothing_is_known_before_a_run(kata: Kata) -> None:
    assert solved_tasks(kata) is None
    assert not is_solved(kata)


def test_all_green_is_remembered_as_solved(kata: Kata) -> None:
    remember(kata, saw(kata, a=True, b=True))

    assert solved_tasks(kata) == [1, 2]
    assert is_solved(kata)


def test_one_red_task_leaves_kata_unsolved(kata: Kata) -> None:
    remember(kata, saw(kata, a=False, b=True))

    assert solved_tasks(kata) == [2]
    assert not is_solved(kata)


def test_later_run_replaces_the_earlier(kata: Kata) -> None:
    remember(kata, saw(kata, a=True, b=True))
    remember(kata, saw(kata, a=False, b=False))

    assert solved_tasks(kata) == []


@pytest.mark.parametrize("file", ["demo.py", "test_demo.py"], ids=["solution", "tests"])
@pytest.mark.parametrize("text", ["def a(): pass\n", None], ids=["edited", "deleted"])
def test_changed_file_makes_progress_unknown(kata: Kata, file: str, text: str | None) -> None:
    remember(kata, saw(kata, a=True, b=True))
    before = (kata.folder / file).read_text()
    if text is None:
        (kata.folder / file).unlink()
    else:
        (kata.folder / file).write_text(text)

    assert solved_tasks(kata) is None
    assert not is_solved(kata)
    (kata.folder / file).write_text(before)
    assert is_solved(kata)


@pytest.mark.parametrize("file", ["demo.py", "test_demo.py"], ids=["solution", "tests"])
def test_file_saved_during_a_run_does_not_count(kata: Kata, file: str) -> None:
    of = fingerprint(kata)
    (kata.folder / file).write_text("def a(): pass\n")
    record_progress(kata, saw(kata, a=True, b=True), of)

    assert solved_tasks(kata) is None


def test_run_of_some_tests_does_not_count(kata: Kata) -> None:
    remember(kata, saw(kata, a=True))

    assert solved_tasks(kata) is None


def test_broken_run_keeps_the_earlier_progress(kata: Kata) -> None:
    remember(kata, saw(kata, a=True, b=True))
    remember(kata, saw(kata, "the server died", a=False, b=False))

    assert is_solved(kata)


def test_katas_keep_their_own_progress(tmp_path: Path) -> None:
    one, two = make_kata(tmp_path, 1), make_kata(tmp_path, 2)

    remember(one, saw(one, a=True, b=False))
    remember(two, saw(two, a=True, b=True))

    assert solved_tasks(one) == [1]
    assert solved_tasks(two) == [1, 2]


def test_only_the_record_and_its_lock_remain(kata: Kata) -> None:
    remember(kata, saw(kata, a=True, b=True))

    names = {path.name for path in (kata.root / ".dojo").iterdir()}
    assert "progress.json" in names
    assert names <= {"progress.json", "progress.lock"}


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"\xff",
        b"[]",
        b'{"schema": 2, "katas": {"01_demo": {}}}',
        b'{"schema": 1, "katas": []}',
        b'{"schema": 1, "katas": {"01_demo": 1}}',
    ],
    ids=["not_json", "not_text", "list", "later_schema", "katas_is_list", "entry_is_number"],
)
def test_damaged_record_is_forgotten_and_replaced(kata: Kata, content: bytes) -> None:
    (kata.root / ".dojo").mkdir()
    (kata.root / ".dojo" / "progress.json").write_bytes(content)

    assert solved_tasks(kata) is None
    remember(kata, saw(kata, a=True, b=True))
    assert is_solved(kata)
    assert json.loads((kata.root / ".dojo/progress.json").read_text())["schema"] == 1


def test_unwritable_checkout_is_no_error(kata: Kata) -> None:
    # A file in the folder's place: also root, who may write everywhere, cannot.
    (kata.root / ".dojo").write_text("")

    remember(kata, saw(kata, a=True, b=True))

    assert solved_tasks(kata) is None


def test_lock_held_by_another_is_no_error(kata: Kata, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(lock: filelock.BaseFileLock) -> None:
        raise filelock.Timeout(str(lock.lock_file))

    monkeypatch.setattr(filelock.FileLock, "__enter__", held)

    remember(kata, saw(kata, a=True, b=True))

    assert solved_tasks(kata) is None
