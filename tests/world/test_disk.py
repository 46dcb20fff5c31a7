"""What a disk does under a call: each step is seen, killed, refused or held, whoever takes it."""

from __future__ import annotations

import os
import random
import shutil
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from dojo.world.files import disk, killed
from dojo.world.files.written import Files

pytest.importorskip("resource", reason="a small disk is made with POSIX limits")


def whole(path: Path, text: str = "new") -> None:
    part = path.with_suffix(".part")
    try:
        part.write_text(text)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def in_place(path: Path) -> None:
    path.write_text("new")


def moved_aside(path: Path) -> None:
    part, old = path.with_suffix(".part"), path.with_suffix(".old")
    part.write_text("new")
    os.rename(path, old)
    part.rename(path)
    old.unlink()


def given_its_mode_late(path: Path) -> None:
    part = path.with_suffix(".part")
    part.write_text("new")
    os.replace(part, path)
    path.chmod(0o644)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text("old")
    return path


def seen_between_kills(write: Callable[[Path], None], path: Path) -> list[tuple[str, str]]:
    seen = []
    path.write_text("old")
    for step in killed.killed_before_each_move(lambda: write(path), path.parent):
        seen.append((str(step), path.read_text() if path.exists() else "gone"))
        path.write_text("old")
    return seen


def test_call_is_killed_before_each_of_its_moves(path: Path) -> None:
    assert seen_between_kills(whole, path) == [
        ("rename list.csv", "old"),
        ("anything after rename list.csv", "new"),
    ]
    assert seen_between_kills(moved_aside, path) == [
        ("rename list.old", "old"),
        ("anything after rename list.old", "gone"),
        ("rename list.csv", "gone"),
        ("anything after rename list.csv", "new"),
    ]
    assert seen_between_kills(in_place, path) == []
    assert seen_between_kills(given_its_mode_late, path) == [
        ("rename list.csv", "old"),
        ("anything after rename list.csv", "new"),
        ("chmod list.csv", "new"),
        ("chmod list.csv", "new"),
    ]


def test_full_disk_raises_or_kills(path: Path) -> None:
    def write() -> None:
        whole(path, "x" * (disk.FULL_AFTER_BYTES + 1))

    raised = disk.on_a_full_disk(write, path.parent, is_killed=False)
    assert (raised.how, raised.error[:7]) == (disk.RAISED, "OSError")
    assert disk.on_a_full_disk(write, path.parent, is_killed=True).how == disk.KILLED
    assert path.read_text() == "old"
    whole(path, "x" * (disk.FULL_AFTER_BYTES + 1))  # here is room


def test_refused_step_is_an_error_of_that_call_only(path: Path) -> None:
    refused = disk.refusing(lambda: whole(path), path.parent, disk.RENAME, str(path))
    assert (refused.how, path.read_text()) == (disk.RAISED, "old")
    assert disk.refusing(lambda: whole(path), path.parent, disk.RENAME, "/x").how == disk.RETURNED
    shutil.copy(path, path.with_suffix(".copy"))

    def move() -> None:
        shutil.move(path.with_suffix(".copy"), path)

    assert disk.refusing(move, path.parent, disk.RENAME).how == disk.RETURNED


def test_files_of_a_tree_are_removed_in_sight(path: Path) -> None:
    def remove() -> None:
        shutil.rmtree(path.parent)

    assert disk.refusing(remove, path.parent, disk.REMOVE).how == disk.RAISED
    assert disk.refusing(remove, path.parent.parent, disk.LIST).how == disk.RAISED
    assert path.exists()
    assert disk.refusing(remove, path.parent.parent, disk.RMDIR).how == disk.RAISED
    assert path.parent.exists()
    assert not path.exists()


def test_two_calls_meet_in_one_part(path: Path) -> None:
    both = [lambda text=text: whole(path, text) for text in ("first", "second")]
    held, other = disk.overtaken(*both, path.parent, str(path))
    assert (held.how, other.how) == (disk.RAISED, disk.RETURNED)
    assert held.error.startswith("FileNotFoundError")


def test_two_calls_are_made_in_two_containers(path: Path, tmp_path: Path) -> None:
    def write() -> None:
        numbers = (os.getpid(), threading.get_native_id(), threading.get_ident())
        name = f"{socket.gethostname()}-{'-'.join(map(str, numbers))}"
        whole(tmp_path / name)
        whole(path)

    disk.overtaken(write, write, path.parent, str(path))
    names = sorted(one.name for one in tmp_path.iterdir() if one != path)
    assert names == ["worker-1-7-7-7", "worker-2-7-7-7"]


def test_two_calls_on_one_machine_have_their_numbers_and_the_same_luck(
    path: Path, tmp_path: Path
) -> None:
    def write() -> None:
        whole(tmp_path / f"{socket.gethostname()}-{random.random()}-{os.getpid()}")
        whole(path)

    disk.overtaken(write, write, path.parent, str(path), apart=False)
    named = [one.name.rsplit("-", 1) for one in tmp_path.iterdir() if one != path]
    assert len(named) == 2
    assert named[0][0] == named[1][0]
    assert named[0][1] != named[1][1]


def test_what_is_done_elsewhere_is_no_step(path: Path, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    assert list(killed.killed_before_each_move(lambda: whole(path), inside)) == []


def test_what_is_not_written_is_no_step(path: Path) -> None:
    assert list(killed.killed_before_each_move(path.read_text, path.parent)) == []


def test_file_that_is_made_elsewhere_and_left_is_a_stray(
    path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    kept, removed, known = (other / name for name in ("kept", "removed", "known"))
    known.write_text("old")

    def write() -> None:
        for one in (kept, removed, known):
            one.write_text("new")
        removed.unlink()
        path.write_text("new")

    ended = disk.on_a_full_disk(write, path.parent, is_killed=False)

    assert (ended.how, ended.strays) == (disk.RETURNED, [str(kept)])
    assert [str(step) for step in ended.steps] == ["open list.csv"]


def test_call_that_is_killed_may_leave_no_copy_elsewhere(
    path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other") / "copy"

    def write() -> None:
        other.write_bytes(bytes(2 * disk.FULL_AFTER_BYTES))
        other.unlink()

    with pytest.raises(AssertionError, match="Now this file is there, which was not"):
        Files(path.parent).killed_while_writing("write()", write, str(path))
    assert not other.exists()
