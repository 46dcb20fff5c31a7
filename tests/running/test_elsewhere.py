"""A call in another process, and sequences of calls: what they see, and what they say."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from dojo.ground.run_folder import Room
from dojo.running.elsewhere.client import SecondParent, call
from tests.made_up_katas import judge

SOLUTION = """
import datetime, functools, getpass, os, platform, random, socket, sys, tempfile, threading, time
import numpy as np, pandas as pd

ASKED = []

def where():
    return {
        "hash": hash("churn"),
        "folder": os.getcwd(),
        "hour": datetime.datetime.fromtimestamp(0).hour,
        "temporary": tempfile.gettempdir(),
        "home": os.path.expanduser("~"),
        "team": os.environ.get("TEAM"),
        "module": [where.__module__, __name__],
    }

def machine():
    who = [os.getuid(), getpass.getuser()]
    return [socket.gethostname(), platform.node(), os.uname().nodename, *who]

def day():
    return datetime.date.today().toordinal(), int(time.time() // 86400)

def writes(folder, text):
    path = os.path.join(folder, f"{text}.txt")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path

def writes_a_path(path, text):
    path.write_text("plain")
    path.write_text(text, encoding="utf-8")
    path.write_text(text)

def reads(path):
    with open(path) as file:
        return file.read()

def double(frame, times=2):
    return frame * times

def fails():
    raise KeyError("no such customer")

CHANCE = random.Random()
DRAWN = random.random()

@functools.cache
def dice():
    return np.random.default_rng()

def draws():
    return dice().random(), np.random.random()

def chance():
    return DRAWN, CHANCE.random(), random.random()

def stub():
    raise NotImplementedError

def ends():
    os._exit(3)

def endless():
    time.sleep(60)

def opens_the_network():
    import socket
    socket.create_connection(("192.0.2.1", 80))

def gives_a_lambda():
    return lambda: 1

async def later():
    return Kept(5)

class Kept(int):
    pass

def remembers(name):
    ASKED.append(name)
    return ASKED[0]

def remembers_a_failure(name):
    if name == "bad":
        ASKED.append(name)
        raise ValueError(name)
    return len(ASKED)

def is_pure(name):
    return [name, float("nan")]

def meets_itself(name, said=[]):
    said.append(name)
    threading.Event().wait(0.2)
    return said.pop() if len(said) == 1 else len(said)
"""
TESTS = {
    "test_where": "solution, elsewhere, monkeypatch):\n    monkeypatch.setenv('TEAM', 'churn')\n"
    "    here, there = solution.where(), elsewhere('where')\n"
    "    same = {key for key in here if here[key] == there[key]}\n"
    "    assert same == {'temporary', 'home', 'team'}, (here, there)",
    "test_machine": "solution, elsewhere):\n"
    "    assert not set(solution.machine()) & set(elsewhere('machine'))\n",
    "test_tomorrow": "solution, elsewhere):\n    here = solution.day()\n"
    "    late, later = elsewhere('day'), elsewhere.tomorrow('day')\n"
    "    assert late[1] == here[1] and later == (late[0] + 1, late[1] + 1)\n",
    "test_locale": "solution, elsewhere, tmp_path):\n"
    "    path = elsewhere('writes', str(tmp_path), 'déjà')\n    elsewhere('reads', path)",
    "test_ascii": "solution, elsewhere, tmp_path):\n    path = solution.writes(tmp_path, 'plain')\n"
    "    assert elsewhere('reads', path) == 'plain'",
    "test_encoding": "laws, tmp_path):\n    there = laws.load_elsewhere()\n"
    "    path = there.writes(tmp_path, 'déjà')\n    there.reads(path)",
    "test_encoding_of_a_path": "laws, tmp_path):\n    there = laws.load_elsewhere()\n"
    "    there.writes_a_path(tmp_path / 'a', 'déjà')",
    "test_forks": "laws):\n    one, other = (there.chance() for there in laws.load_forks())\n"
    "    assert one[:2] == other[:2] and one[2] != other[2]",
    "test_forks_later": "laws):\n"
    "    forks = laws.load_forks(lambda there: there.draws())\n"
    "    one, other = (there.draws() for there in forks)\n"
    "    assert one == other",
    "test_frames": "solution, elsewhere):\n    frame = pd.DataFrame({'a': [1]})\n"
    "    assert elsewhere('double', frame, times=3).equals(frame * 3)\n"
    "    assert elsewhere('double', 4) == 8",
    "test_async": "solution, elsewhere):\n    assert type(elsewhere('later')) is solution.Kept",
    "test_error_is_raised": "elsewhere):\n"
    "    with pytest.raises(Exception, match='KeyError: .no such customer'):\n"
    "        elsewhere('fails')",
    "test_error_is_not_expected": "elsewhere):\n    elsewhere('fails')",
    "test_end_of_process": "elsewhere):\n    elsewhere('ends')",
    "test_network": "elsewhere):\n    elsewhere('opens_the_network')",
    "test_cannot_be_sent": "elsewhere):\n    elsewhere('gives_a_lambda')",
    "test_stub": "elsewhere):\n    elsewhere('stub')",
    "test_missing": "elsewhere):\n    elsewhere('fail')",
    "test_a_b_a": "played):\n    a, b = (played.call('remembers', x) for x in 'ab')\n"
    "    played.same_after(a, b)",
    "test_after_a_failure": "played):\n    good = played.call('remembers_a_failure', 'good')\n"
    "    played.same_after(good, played.call('remembers_a_failure', 'bad'))",
    "test_pure": "played):\n    a = played.call('is_pure', 'a')\n    played.same_after(a, a, a)\n"
    "    played.same_at_once(a, times=3)",
    "test_at_once": "played, laws):\n    played.same_at_once(played.call('meets_itself', 'a'))",
}
SAYS = {
    "test_error_is_not_expected": "in another process: KeyError: 'no such customer' (line ",
    "test_locale": 'Name it: encoding="utf-8".',
    "test_encoding": "UnicodeDecodeError: 'ascii' codec",
    "test_encoding_of_a_path": "UnicodeEncodeError: 'ascii' codec",
    "test_end_of_process": "ends ended the other process in which it was called",
    "test_network": "in another process: NetworkRefused: ",
    "test_cannot_be_sent": "a function (",
    "test_stub": "is not written yet",
    "test_missing": "It has 'fails': is that it?",
    "test_a_b_a": "Called in this order: remembers('b'), then remembers('a').\n"
    "The last one alone gives another result: the result was 'a' and is 'b'.",
    "test_after_a_failure": "remembers_a_failure('bad'), then remembers_a_failure('good')",
    "test_at_once": "Called 2 times at once, in threads: meets_itself('a').",
}


FEW = ("test_where", "test_frames", "test_end_of_process")


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return judge(tmp_path_factory.mktemp("elsewhere"), SOLUTION, TESTS)


@pytest.mark.slow
@pytest.mark.parametrize("name", TESTS)
def test_call_elsewhere_and_played_sequence(verdicts: dict, name: str) -> None:
    assert verdicts[name]["passed"] == (name not in SAYS), verdicts[name]["message"]
    assert SAYS.get(name, "") in verdicts[name]["message"]


@pytest.mark.slow
def test_without_fork_each_call_has_a_process_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOJO_NO_FORK", "1")

    verdicts = judge(tmp_path, SOLUTION, {name: TESTS[name] for name in FEW})

    said = {name: one["message"] for name, one in verdicts.items()}
    assert (said["test_where"], said["test_frames"]) == ("", "")
    assert SAYS["test_end_of_process"] in said["test_end_of_process"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process was given")
def test_nothing_is_left_of_the_second_parent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARK_OF_THIS_TEST", str(tmp_path))

    judge(tmp_path, SOLUTION, {name: TESTS[name] for name in ("test_async", "test_end_of_process")})

    assert marked(str(tmp_path)) == []


def test_second_parent_learns_what_another_solution_needs(tmp_path: Path) -> None:
    knows = tmp_path / "knows.py"
    knows.write_text("import sys\ndef known():\n    return {'numpy', 'pandas'} & {*sys.modules}\n")
    asked = {"path": str(knows), "name": "known", "args": (), "kwargs": {}, "timeout_s": 60}
    asked |= {"environment": dict(os.environ), "addresses": {}, "results": str(tmp_path)}
    asked |= {"pack": str(tmp_path), "later_s": 0}
    found = []
    with contextlib.ExitStack() as ends:
        room = Room()
        ends.callback(room.close)
        second = SecondParent(room)
        ends.callback(second.end)
        for library in ("numpy", "pandas"):
            needs = tmp_path / f"{library}_user.py"
            needs.write_text(f"import {library}\n")
            second.prepare(needs)
            found.append(call(asked, second))
    assert found == [{"numpy"}, {"numpy", "pandas"}]


def marked(mark: str) -> list[bytes]:
    """Return the command lines of other processes that were given a mark."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"MARK_OF_THIS_TEST={mark}".encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_bytes())
    return found
