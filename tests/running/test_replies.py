"""A process that holds a submission says what it was asked for, or it has said its last word."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from dojo.catalog.kata import find_kata, load_catalog
from dojo.catalog.verdict import KataVerdict, TestVerdict
from dojo.exam.submission_process import Died, Held
from dojo.exam.tests_outside import run_tests
from dojo.ground.endings import Ending
from dojo.ground.paths import PACKAGE_ROOT
from dojo.wire.line import Line, LineBroken, LineClosed
from dojo.wire.replies import CALLED, DONE, ENGINE, LOADED, WAITED, WATCHED, read_reply
from tests.junk import drawn

KATA = find_kata(load_catalog(PACKAGE_ROOT), "02")
LEFT = Ending("exited", 0)
RUN = {
    "id": "1",
    "function": "load",
    "name": "load-1",
    "states": ["Running"],
    "stamps": [1_700_000_000.0],
    "delays_s": [1.5],
    "tags": [],
    "flow_run_id": None,
    "upstream_ids": [],
}


def ended(kind: str) -> dict[str, Any]:
    return {"kind": kind, "code": None, "limit_s": None}


GOOD: dict[str, tuple[Any, dict[str, Any]]] = {
    "loaded": (LOADED, {"loaded": True}),
    "refused": (LOADED, {"refused": "SyntaxError", "cause": "import", "ending": None}),
    "waited": (WAITED, {"waited": 1.5, "by": "engine"}),
    "returned": (CALLED, {"returned": [1], "handle": 0, "laws": []}),
    "raised": (
        CALLED,
        {"raised": "ValueError", "text": "no", "where": "", "kinds": ["object"], "laws": []},
    ),
    "memory": (CALLED, {"ended": ended("memory"), "by": "MemoryError"}),
    "exited": (CALLED, {"ended": ended("exited"), "by": "SystemExit"}),
    "done": (DONE, {"done": True}),
    "watched": (WATCHED, {"peak": 2, "started": ["train"]}),
    "engine": (ENGINE, {"task_runs": [RUN], "logs": [["INFO", "a"]]}),
}


@pytest.mark.parametrize(("kind", "message"), GOOD.values(), ids=GOOD)
def test_reply_is_what_was_asked_for_or_broken(kind: Any, message: dict[str, Any]) -> None:
    assert read_reply(message, kind).model_dump() == message
    for value in [*drawn(300), {}, [{}], [[1, 2]], "9", 10**9]:
        for name in message:
            if name == "returned":  # any value may be returned
                continue
            with contextlib.suppress(LineBroken):
                read = read_reply({**message, name: value}, kind).model_dump()
                assert read[name] == value
                assert isinstance(value, bool) is isinstance(read[name], bool)
    for broken in ({}, {**message, "more": 1}, {name: {} for name in message}):
        with pytest.raises(LineBroken):
            read_reply(broken, kind)


class Played:
    """A sandbox whose process is played by a function with the other end of its line."""

    limits = SimpleNamespace(wall_s=5, cpu_s=5, memory_mb=100)

    def __init__(self, play: Callable[[socket.socket, Line], None], ending: Ending = LEFT) -> None:
        self._play = play
        self._ending = ending

    def start(self, *_: Any) -> Line:
        ours, theirs = socket.socketpair()

        def run() -> None:
            with theirs, contextlib.suppress(LineClosed, OSError):
                self._play(theirs, Line(theirs))

        self._thread = threading.Thread(target=run)
        self._thread.start()
        return Line(ours)

    def end(self, **_: Any) -> Ending:
        return self._ending


@contextlib.contextmanager
def held_by(play: Callable[[socket.socket, Line], None], ending: Ending = LEFT) -> Iterator[Held]:
    held = Held(Played(play, ending), "x.py")  # type: ignore[arg-type]
    try:
        yield held
    finally:
        held.end()


def send_raw(end: socket.socket, text: str) -> None:
    data = text.encode()
    end.sendall(struct.pack("!I", len(data)) + data)


CALLS = {
    "nan seconds": '{"waited": NaN, "by": "x"}',
    "negative seconds": '{"waited": -1, "by": "x"}',
    "seconds in words": '{"waited": "1", "by": "x"}',
    "endless seconds": '{"waited": 1e999, "by": "x"}',
    "no nonce": '{"returned": 1, "handle": 0}',
    "another nonce": '{"nonce": "x", "returned": 1, "handle": 0}',
    "nonce of another type": '{"nonce": ["NONCE"], "returned": 1, "handle": 0}',
    "handle in words": '{"nonce": "NONCE", "returned": 1, "handle": "0"}',
    "handle below zero": '{"nonce": "NONCE", "returned": 1, "handle": -1}',
    "dict where text is": '{"nonce": "NONCE", "raised": {}, "text": {}, "where": {}}',
    "two things at once": '{"nonce": "NONCE", "returned": 1, "handle": 0, "raised": "x"}',
    "another reply": '{"nonce": "NONCE", "loaded": true}',
    "nothing": '{"nonce": "NONCE"}',
    "no object": '["NONCE"]',
    "too deep": '{"nonce": "NONCE", "handle": 0, "returned": ' + "[" * 900 + "]" * 900 + "}",
    "nan returned": '{"nonce": "NONCE", "handle": 0, "returned": NaN}',
}


@pytest.mark.parametrize("said", CALLS.values(), ids=CALLS)
def test_what_is_no_reply_costs_the_one_who_said_it(said: str) -> None:
    def play(end: socket.socket, line: Line) -> None:
        line.send({"nonce": None, "loaded": True})
        nonce = line.receive()["nonce"]
        send_raw(end, said.replace("NONCE", nonce))

    with held_by(play) as held:
        held.load("a", lambda _: None)
        with pytest.raises(Died, match="it wrote into the grader's own line: ") as died:
            held.ask({"do": "call"}, CALLED)
    assert died.value.verdict == "wrong"
    assert died.value.message.isprintable()


def test_reply_may_say_what_utf8_cannot_write() -> None:
    def play(end: socket.socket, line: Line) -> None:
        line.send({"nonce": None, "loaded": True})
        line.send(
            {"nonce": line.receive()["nonce"], "raised": "\udce9", "text": "\ud800", "where": ""}
        )

    with held_by(play) as held:
        held.load("a", lambda _: None)
        reply = held.ask({"do": "call"}, CALLED)
    assert reply.model_dump(exclude={"kinds", "laws"}) == {
        "raised": "\\udce9",
        "text": "\\ud800",
        "where": "",
    }


def test_submission_that_says_why_it_cannot_be_loaded_is_believed_that() -> None:
    def play(end: socket.socket, line: Line) -> None:
        line.send({"nonce": None, "refused": "caf\udce9 is missing", "cause": "missing"})

    with held_by(play) as held, pytest.raises(Died) as died:
        held.load("a", lambda _: None)
    assert (died.value.verdict, died.value.message) == ("wrong", "caf\\udce9 is missing")
    assert died.value.at_import


SEEN = [
    (Ending("exited", 0), "raised", "MemoryError: ended the program, was killed"),
    (Ending("stopped"), "raised", "MemoryError: ended the program, was killed"),
    (Ending("killed", -11), "crashed", "its process was killed by signal 11"),
    (Ending("memory", -9), "memory", "it ran out of memory"),
    (Ending("timeout", -24, 5.0), "timeout", "it used 5 s of processor time"),
]


@pytest.mark.parametrize(("ending", "verdict", "message"), SEEN, ids=repr)
def test_what_it_says_of_itself_counts_less_than_how_it_was_seen_to_end(
    ending: Ending, verdict: str, message: str
) -> None:
    def play(end: socket.socket, line: Line) -> None:
        said = "MemoryError: ended the program, was killed"
        line.send({"nonce": None, "refused": said, "cause": "import", "ending": None})

    with held_by(play, ending) as held, pytest.raises(Died) as died:
        held.load("a", lambda _: None)
    assert (died.value.verdict, died.value.message) == (verdict, message)


@pytest.mark.parametrize(("kind", "verdict"), [("memory", "memory"), ("exited", "exited")])
def test_import_that_came_to_an_end_is_told_by_its_kind(kind: str, verdict: str) -> None:
    def play(end: socket.socket, line: Line) -> None:
        line.send({"nonce": None, "refused": "no", "cause": "import", "ending": ended(kind)})

    with held_by(play) as held, pytest.raises(Died) as died:
        held.load("a", lambda _: None)
    assert (died.value.verdict, died.value.message) == (verdict, "no")


@pytest.mark.parametrize("kind", ["killed", "timeout", "stopped", "Nonsense"])
def test_process_that_tells_of_its_own_death_has_written_no_reply(kind: str) -> None:
    def play(end: socket.socket, line: Line) -> None:
        line.send({"nonce": None, "loaded": True})
        nonce = line.receive()["nonce"]
        line.send({"nonce": nonce, "ended": ended(kind), "by": "SystemExit"})

    with held_by(play) as held:
        held.load("a", lambda _: None)
        with pytest.raises(Died, match="it wrote into the grader's own line: ") as died:
            held.ask({"do": "call"}, CALLED)
    assert died.value.verdict == "wrong"


TEST = {
    "test": KATA.tests[0],
    "task": 1,
    "passed": True,
    "cause": "passed",
    "message": "",
    "seconds": 0.1,
}
BIRD = {**TEST, "test": "test_bird", "task": None, "passed": False, "cause": "assertion"}
REPORTS = {
    "nan seconds": {**TEST, "seconds": float("nan")},
    "endless seconds": {**TEST, "seconds": float("inf")},
    "negative seconds": {**TEST, "seconds": -1.0},
    "seconds in words": {**TEST, "seconds": "0.1"},
    "unknown cause": {**TEST, "passed": False, "cause": "Nonsense"},
    "dict for a message": {**TEST, "message": {"a": 1}},
    "dict for a name": {**TEST, "test": {}},
    "number for passed": {**TEST, "passed": 1},
    "green with a cause": {**TEST, "cause": "fixture"},
    "green with an ending": {**TEST, "ending": {"kind": "memory"}},
    "unknown ending": {**TEST, "passed": False, "cause": "exit", "ending": {"kind": "Nonsense"}},
    "ending in words": {**TEST, "passed": False, "cause": "exit", "ending": "was killed"},
    "red without one": {**TEST, "passed": False},
    "too much": {**TEST, "more": 1},
    "too little": {"test": "test_x"},
    "no record": 1,
    "no name": None,
}


def outcome_of(
    play: Callable[[Line], None], ending: Ending = LEFT
) -> tuple[tuple[TestVerdict, ...], str, str]:
    played: Any = Played(lambda _, line: play(line), ending)
    return run_tests(KATA, played, "test_bird", 1)


@pytest.mark.parametrize(
    ("ending", "verdict"),
    [
        (Ending("exited", 0), "exited"),
        (Ending("stopped"), "exited"),
        (Ending("killed", -9), "crashed"),
        (Ending("memory", -9), "memory"),
    ],
    ids=repr,
)
def test_tests_that_say_nothing_ended_as_was_seen(ending: Ending, verdict: str) -> None:
    assert outcome_of(lambda _: None, ending) == ((), verdict, "")


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_report_that_is_none_is_tampering(report: Any) -> None:
    def play(line: Line) -> None:
        line.send({"test": BIRD})
        line.send({"test": report})

    tests, _, tampered = outcome_of(play)
    assert tests == ()
    assert tampered.startswith("a report that is none: ")
    assert tampered.isprintable()


@pytest.mark.parametrize(
    "message",
    [{"verdict": 1}, {"verdict": "{}"}, {"verdict": "NaN"}, {}, {"say": "hello"}],
    ids=repr,
)
def test_last_word_that_is_none_is_tampering(message: dict[str, Any]) -> None:
    _, _, tampered = outcome_of(lambda line: line.send(message))
    assert tampered.startswith("a report that is none: ")


def test_reports_without_end_have_one() -> None:
    def play(line: Line) -> None:
        for number in range(10**6):
            line.send({"test": {**TEST, "test": f"{KATA.tests[0]}[{number}]"}})

    tests, _, tampered = outcome_of(play)
    assert 100 < len(tests) < 1000
    assert "too many" in tampered


def test_task_of_a_test_is_looked_up_and_not_believed() -> None:
    whole = KataVerdict(
        KATA.id, "x", tuple(TestVerdict(**one) for one in (TEST, BIRD)), 0.2
    ).to_json()

    def play(line: Line) -> None:
        line.send({"test": {**TEST, "task": 5}})
        line.send({"test": BIRD})
        line.send({"verdict": whole})

    tests, ended, tampered = outcome_of(play)
    assert [(one.test, one.task) for one in tests] == [(KATA.tests[0], 1)]
    assert (ended, tampered) == ("passed", "")
