"""A file of a kata is taken apart, and put together with nothing else changed."""

from __future__ import annotations

import pytest

from dojo.catalog.handed_out import handed_out
from dojo.catalog.kata import Kata, load_catalog
from dojo.ground.paths import PACKAGE_ROOT
from dojo.language.stubs import versions
from dojo.place.pieces import Source, Unreadable, differences_of_promises

STUB = b'''"""Top."""

import os

LIMIT = 3  # TODO(kata): task 3, a number.


@os.fspath
def one(path: str) -> int:
    """One."""
    # TODO(kata): task 1, count.
    raise NotImplementedError


# TODO(kata): tasks 2 and 3, here.
two: int | None = None
'''
MINE = b'''"""Mine."""
import os  # all of it
LIMIT = 4
def one(path): return 1   \n\n\n
two = 22
last = "  no end of line"'''


def source(content: bytes) -> Source:
    return Source(content, "demo.py")


def stub_of(kata: Kata) -> Source:
    return source(handed_out(kata.stub_file))


@pytest.mark.parametrize("kata", load_catalog(PACKAGE_ROOT), ids=lambda kata: kata.id)
def test_each_task_of_a_kata_has_a_function_to_put_back(kata: Kata) -> None:
    stub = stub_of(kata)
    numbers = range(1, len(kata.tasks) + 1)

    assert [number for number in numbers if not stub.pieces_of_task(number)] == []
    assert {one for piece in stub.pieces.values() for one in stub.tasks_of(piece)} == set(numbers)


@pytest.mark.parametrize("kata", load_catalog(PACKAGE_ROOT), ids=lambda kata: kata.id)
def test_tasks_are_found_in_a_stub_of_any_language(kata: Kata) -> None:
    said = versions(kata.folder, handed_out(kata.stub_file))
    english, *others = (
        {name: stub.tasks_of(piece) for name, piece in stub.pieces.items()}
        for stub in map(source, said.values())
    )

    assert others
    assert all(other == english for other in others), list(said)


@pytest.mark.parametrize(
    ("comment", "tasks"),
    [
        ("tasko 2, nombri", {2}),
        ("taskoj 2 ĝis 4, nombri 9", {2, 3, 4}),
        ("tâches 1 et 3.", {1, 3}),
        ("paŝo 6, flow; paŝo 8", {6, 8}),
        ("task 1; the retries are task 2.", {1, 2}),
        ("nothing with a number", set()),
    ],
)
def test_word_for_a_task_is_the_first_of_its_comment(comment: str, tasks: set[int]) -> None:
    stub = source(f"def one():\n    # TODO(kata): {comment}\n    pass\n".encode())

    assert stub.tasks_of(stub.pieces["one"]) == tasks


@pytest.mark.parametrize("kata", load_catalog(PACKAGE_ROOT), ids=lambda kata: kata.id)
def test_stub_put_into_itself_is_the_same(kata: Kata) -> None:
    stub = stub_of(kata)

    for name in stub.pieces:
        assert stub.with_piece_of(stub, name) == stub.content
        assert stub.missing_for(name) == set()


@pytest.mark.parametrize(
    ("task", "names"), [(1, ["one"]), (2, ["two"]), (3, ["LIMIT", "two"]), (4, [])]
)
def test_todo_says_the_tasks(task: int, names: list[str]) -> None:
    assert [piece.name for piece in source(STUB).pieces_of_task(task)] == names


def test_one_function_changes_and_no_other_byte() -> None:
    whole = source(MINE).with_piece_of(source(STUB), "one")

    before, after = MINE.split(b"def one(path): return 1   \n")
    assert whole.startswith(before + b"@os.fspath\ndef one(path: str) -> int:")
    assert whole.endswith(b"raise NotImplementedError\n" + after)


def test_line_ends_and_mark_of_the_file_stay() -> None:
    mine = b"\xef\xbb\xbf" + MINE.replace(b"\n", b"\r\n")
    whole = source(mine).with_piece_of(source(STUB), "one")

    plain = source(MINE).with_piece_of(source(STUB), "one")
    assert whole == b"\xef\xbb\xbf" + plain.replace(b"\n", b"\r\n")


def test_function_on_the_first_line_keeps_the_mark() -> None:
    mine = b"\xef\xbb\xbfdef one(path): return 1\n"
    whole = source(mine).with_piece_of(source(STUB), "one")

    assert whole.startswith(b"\xef\xbb\xbf@os.fspath\ndef one")
    assert source(whole).missing_for("one") == {"os"}


def test_function_that_is_gone_is_put_at_the_end() -> None:
    whole = source(b"import os").with_piece_of(source(STUB), "one")

    assert whole.startswith(b"import os\n\n\n@os.fspath\ndef one")
    assert source(whole).missing_for("one") == set()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"two = 3; three = 4\n", "line 1 has another statement beside 'two'"),
        (b"two = four = 3\n", "the statement of 'two' also binds 'four'"),
        (b"two = (\n", "demo.py, line 1 is no Python"),
        (b"two = '\0'\n", "demo.py"),
        ("# coding: ascii\ntwo = 'é'\n".encode(), "demo.py"),
        (b"# coding: nonsense\n", "demo.py"),
    ],
    ids=["semicolon", "two_names", "syntax", "null", "encoding", "unknown_encoding"],
)
def test_what_cannot_be_taken_apart_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        source(content).with_piece_of(source(STUB), "two")


def test_other_promises_are_told_function_by_function() -> None:
    new = STUB.replace(b"path: str", b"path: str, more: int = 0").replace(b'"One."', b'"Two."')
    new = new.replace(b"LIMIT = 3", b"LIMIT = 5") + b"\n\ndef three() -> None: ...\n"

    assert differences_of_promises(source(STUB), source(new)) == [
        "LIMIT has another value",
        "one has another signature and docstring",
        "three is new",
    ]
    assert differences_of_promises(source(new), source(STUB))[-1] == "three is no longer asked for"
    assert differences_of_promises(source(STUB), source(STUB.replace(b"count", b"tell"))) == []
