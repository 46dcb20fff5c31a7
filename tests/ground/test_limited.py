"""What is read for us has limits, and costs us one answer."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dojo.ground.limited import child, client
from dojo.ground.limited.client import Reader, Refused, ask, reader

FUNCTIONS = """
import os


def fill():
    return len(bytearray(1 << 30))


def loop():
    while True:
        pass


def write(path):
    with open(path, "wb") as file:
        file.truncate(1 << 40)


def fail():
    raise LookupError("a" * 5000)


def answer(count):
    return ["a" * (1 << 20)] * count


def die():
    os.kill(os.getpid(), 9)


def who():
    return os.getpid()
"""


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, object]]:
    """Return functions that this process and the limited one import by the same name."""
    (tmp_path / "given_to_limited.py").write_text(FUNCTIONS)
    monkeypatch.setattr(client, "PACKAGE_ROOT", tmp_path)
    monkeypatch.setattr(client, "_idle", [])
    functions: dict[str, object] = {"__name__": "given_to_limited"}
    exec(FUNCTIONS, functions)
    yield functions
    client._close_all()


def test_values_come_and_go() -> None:
    values = [None, True, 1 << 60, 1.5, "a\udc80", b"\0\xff", [["x"], []]]
    assert ask(child.pack, values)[:5] == values[:5]
    assert child.unpack(child.pack(values)) == values


@pytest.mark.parametrize(
    ("name", "kind"),
    [("fill", "MemoryError"), ("answer", "MemoryError"), ("fail", "LookupError"), ("die", "Died")],
)
def test_who_takes_too_much_is_refused_and_the_next_is_served(
    given: dict[str, object], name: str, kind: str
) -> None:
    arguments = [100] if name == "answer" else []
    with pytest.raises(Refused) as caught:
        ask(given[name], *arguments)  # type: ignore[arg-type]
    assert caught.value.kind == kind
    assert caught.value.is_too_much == (kind == "MemoryError")
    assert len(caught.value.text) <= 1000
    assert ask(given["answer"], 1) == ["a" * (1 << 20)]  # type: ignore[arg-type]


def test_time_of_the_processor_has_an_end(given: dict[str, object]) -> None:
    with reader() as one:
        # As when its seconds are over: ten of them would be ten of the tests'.
        pid = one.ask(given["who"])  # type: ignore[arg-type]
        threading.Timer(0.1, os.kill, (pid, signal.SIGXCPU)).start()
        with pytest.raises(Refused) as caught:
            one.ask(given["loop"])  # type: ignore[arg-type]
    assert caught.value.is_too_much
    assert one.is_spent


def test_file_has_a_largest_size(given: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(Refused, match="File too large"):
        ask(given["write"], str(tmp_path / "file"))  # type: ignore[arg-type]


def test_process_is_used_again_and_ends_with_its_line(given: dict[str, object]) -> None:
    first = ask(given["who"])  # type: ignore[arg-type]
    assert ask(given["who"]) == first  # type: ignore[arg-type]
    mine = Reader()
    mine._end.close()
    assert mine._process.wait(30) == 0
