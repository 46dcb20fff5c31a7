"""What crosses between processes keeps its exact type, or is nothing."""

from __future__ import annotations

import json
import socket
import sys
import time
from typing import Any

import numpy
import pandas
import pytest

from dojo.exam.compare import compare, is_same
from dojo.wire.line import Line, LineBroken, LineClosed
from dojo.wire.values import build_argument, frame, pack, pack_argument, unpack


class Liar(int):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


@pytest.mark.parametrize(
    "value",
    [None, True, 1, 1.5, "x", [1, [2]], {"a": 1, 2: [3]}, (1, "a"), [{"a": (1,)}]],
    ids=repr,
)
def test_plain_value_comes_back_as_it_was(value: Any) -> None:
    back = unpack(json.loads(json.dumps(pack(value))))
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize("value", [Liar(1), object(), lambda: 1, type("T", (str,), {})("x")])
def test_foreign_object_is_opaque(value: Any) -> None:
    packed = unpack(pack([value]))[0]
    assert list(packed) == ["opaque"]
    assert not is_same(packed, 1)


def test_number_of_numpys_is_the_number_it_holds() -> None:
    assert unpack(pack(numpy.float64(1.5))) == {"numpy": 1.5}
    assert is_same(unpack(pack(numpy.float64(1.5))), 1.5)
    assert not is_same(unpack(pack(numpy.int64(1))), 1.0)
    assert not is_same(unpack(pack(numpy.array([1]))), [1])


@pytest.mark.parametrize(
    "returned",
    [
        {"numpy": 5},
        {"frame": {"columns": ["a"], "types": ["int64"], "values": [[1]], "index": [0]}},
        {"set": [1]},
        {"series": [1]},
        {"time": "2026-03-29"},
        {"opaque": "pandas.Index"},
        {"raised": "ValueError"},
        {"dict": {"numpy": 5}},
    ],
    ids=lambda one: next(iter(one)),
)
def test_dict_that_reads_like_what_was_told_of_a_value_is_not_taken_for_it(
    returned: dict[str, Any],
) -> None:
    read = unpack(pack(returned))

    assert set(read) == {"dict"}
    assert not is_same(read, returned)
    assert not is_same(read, next(iter(returned.values())))
    assert is_same(unpack(pack([returned, {"a": returned}])), [read, {"a": read}])


def test_endless_and_huge_values_have_an_end() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert pack([1, endless]) == {"opaque": "too much"}
    assert pack(10**400) == {"opaque": "huge int"}
    assert pack(list(range(10**6))) == {"opaque": "too much"}


def test_numbers_that_json_lacks_are_told() -> None:
    assert json.dumps(pack([float("inf")]), allow_nan=False) == '[{"float": "inf"}]'
    assert is_same(unpack(pack(float("nan"))), float("nan"))


def test_frame_is_made_inside_and_told_outside() -> None:
    given = frame({"id": [1, 2], "name": ["a", "b"], "x": [0.5, float("nan")]})
    built = build_argument(json.loads(json.dumps(pack_argument(given))), {})
    expected = pandas.DataFrame({"id": [1, 2], "name": ["a", "b"], "x": [0.5, None]})
    pandas.testing.assert_frame_equal(built, expected, check_dtype=False)
    told = pack(built)["frame"]
    assert told["columns"] == ["id", "name", "x"]
    assert told["values"][0] == [1, 2]


@pytest.mark.parametrize(
    "packed",
    [
        {"dict": 1},
        {"dict": [[1]]},
        {"dict": [[[1], 2]]},
        {"dict": {"a": 1}},
        {"tuple": 1},
        {"tuple": "ab"},
        {"float": []},
        {"float": "1"},
        {"frame": None, "more": 1},
    ],
    ids=repr,
)
def test_what_nobody_packed_stays_as_it_is(packed: Any) -> None:
    assert unpack(packed) == packed


def test_keys_chosen_to_collide_cost_no_time() -> None:
    colliding = [[number * (2**61 - 1), 0] for number in range(50_000)]
    started = time.monotonic()

    assert unpack({"dict": colliding}) == {"dict": colliding}
    assert time.monotonic() - started < 5
    assert pack(dict.fromkeys(range(50_000))) == {"opaque": "too much"}


def test_tuples_chosen_to_collide_are_no_keys() -> None:
    numbers = [number * sys.hash_info.modulus for number in range(100)]
    told = {"dict": [[{"tuple": [one, "a"]}, 0] for one in numbers]}

    assert unpack(told) == told
    assert len(unpack({"dict": [[{"tuple": [one, "a"]}, 0] for one in range(5000)]})) == 5000


def test_text_that_is_none_arrives_written_out() -> None:
    line, theirs = line_and_socket()
    with theirs:
        Line(theirs).send({"returned": pack(["caf\udce9", {"\ud800": 1}])})

    assert unpack(line.receive()["returned"]) == ["caf\\udce9", {"\\ud800": 1}]
    line.close()


def test_handle_stands_for_the_value_itself() -> None:
    model = object()
    assert build_argument({"handle": 1}, {1: model}) is model


@pytest.mark.parametrize(
    ("seen", "expected", "same"),
    [
        (True, 1, False),
        (1, 1.0, False),
        ([1], (1,), False),
        (1.0, 1.0 + 1e-9, True),
        ({"within": 0.1, "value": [1.05]}, {"within": 0.1, "value": [1.0]}, True),
        ({"within": 0.1, "value": [1.2]}, {"within": 0.1, "value": [1.0]}, False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
    ],
)
def test_evidence_is_compared_by_type_and_value(seen: Any, expected: Any, same: bool) -> None:
    assert is_same(seen, expected) is same


def test_what_was_not_noted_is_a_difference() -> None:
    differences = compare({"requests": 1}, {"requests": 1, "returned": [1]})
    assert [(one.what, one.seen, one.expected) for one in differences] == [
        ("returned", '"nothing"', "[1]")
    ]


def line_and_socket() -> tuple[Line, socket.socket]:
    ours, theirs = socket.socketpair()
    return Line(ours), theirs


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (b"\xff\xff\xff\xff", LineBroken),
        (b"\x00\x00\x00\x02no", LineBroken),
        (b"\x00\x00\x00\x02[]", LineBroken),
        (b'\x00\x00\x00\x0a{"a": NaN}', LineBroken),
        (b'\x00\x00\x00\x0c{"a": 1e999}', LineBroken),
        (b"\x00\x00\x0f\xa0" + b"[" * 4000, LineBroken),
        (b"\x00\x00", LineClosed),
    ],
    ids=["too long", "no json", "no object", "no number", "endless", "deep", "half of one"],
)
def test_line_refuses_what_is_no_frame(sent: bytes, error: type[Exception]) -> None:
    line, theirs = line_and_socket()
    theirs.sendall(sent)
    theirs.close()
    with pytest.raises(error):
        line.receive()
    line.close()


def test_line_waits_no_longer_than_it_may() -> None:
    line, theirs = line_and_socket()
    with pytest.raises(TimeoutError):
        line.receive(time.monotonic() + 0.01)
    line.close()
    theirs.close()
