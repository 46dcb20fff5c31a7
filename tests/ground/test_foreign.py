"""What a process says that nobody trusts is JSON of bounded size, or nothing."""

from __future__ import annotations

import json
import math
import sys
from typing import Any

import pytest

from dojo.ground.foreign import DEEPEST, MOST_PARTS, read_json, valid_text
from tests.junk import deep, drawn


@pytest.mark.parametrize(
    "value",
    [
        [2**61 * 1001 + one for one in range(5000)],
        None,
        True,
        0,
        -1.5,
        "é 日本 \N{PARTY POPPER}",
        [1, [2]],
        {"a": {"b": [None]}},
        2**64,
        "\x00",
    ],
    ids=repr,
)
def test_ordinary_json_is_read_as_it_is(value: Any) -> None:
    assert read_json(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no", "Expecting value"),
        ("", "Expecting value"),
        ("NaN", "NaN is no number"),
        ('{"a": [-Infinity]}', "-Infinity is no number"),
        ("[1e999]", "too large"),
        (str(1 << 256), "too large"),
        ("9" * 5000, "integer string conversion"),
        ("[" * (DEEPEST + 2) + "]" * (DEEPEST + 2), "nested too deeply"),
        ("[" * 100_000, "nested too deeply"),
        ("[" + "0," * MOST_PARTS + "0]", "too many parts"),
        (str([one * sys.hash_info.modulus for one in range(1000)]), "have one hash"),
        (str([-one * sys.hash_info.modulus - 5 for one in range(1000)]), "have one hash"),
    ],
    ids=[
        *("word", "nothing", "nan", "inf", "1e999", "huge", "digits", "deep", "deepest", "many"),
        *("colliding", "below zero"),
    ],
)
def test_what_cannot_be_kept_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_json(text)


def test_lone_surrogate_is_written_out_wherever_it_is() -> None:
    told = json.dumps({"caf\udce9": ["\ud800", {"\udfff": "\ud83d\ude00"}]})

    assert read_json(told) == {"caf\\udce9": ["\\ud800", {"\\udfff": "\N{GRINNING FACE}"}]}
    assert valid_text("a\ud800é") == "a\\ud800é"


def test_whatever_is_said_can_be_written_again_or_is_refused() -> None:
    refused = 0
    for value in drawn(2000):
        try:
            said = json.dumps(value)
        except (ValueError, RecursionError):  # 20,000 levels, 10**400: it cannot even be sent
            continue
        try:
            read = read_json(said)
        except ValueError:
            refused += 1
            continue
        json.dumps(read, ensure_ascii=False, allow_nan=False).encode("utf-8")
    assert 100 < refused < 1900


def test_depth_is_that_of_what_is_said() -> None:
    assert read_json(json.dumps(deep(DEEPEST - 1))) == deep(DEEPEST - 1)
    assert math.isfinite(read_json("1e308"))
