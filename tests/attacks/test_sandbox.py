"""The walls hold at each level, and what cannot be had is refused with the cure."""

from __future__ import annotations

import dataclasses
import os
import select
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dojo.catalog.halves import INSIDE
from dojo.catalog.kata import find_kata, load_catalog
from dojo.engines.templates import EngineError
from dojo.exam.examiner import Broke, Examiner
from dojo.ground.endings import Ending, of_exit_code
from dojo.ground.paths import PACKAGE_ROOT
from dojo.sandbox import kernel
from dojo.sandbox import walls as sandbox
from dojo.sandbox.client import GuardFault, Sandbox
from dojo.sandbox.home import read_left_file
from dojo.sandbox.parent_client import Parent
from dojo.sandbox.selftest import try_walls
from dojo.sandbox.walls import Limits, SandboxError, missing_for
from dojo.wire.line import LineClosed

LEVELS = ("strict", "landlock")
LIMITS = Limits(wall_s=5, memory_mb=512)


@pytest.fixture(scope="module", params=LEVELS)
def parent(request: pytest.FixtureRequest) -> Iterator[Parent]:
    if missing := missing_for(request.param):
        pytest.skip(missing)
    with Parent(PACKAGE_ROOT, request.param, LIMITS) as started:
        yield started


def call(box: Sandbox, name: str, *args: Any, file: str = "solution.py") -> dict[str, Any]:
    line = box.start("examine", {"file": file, "lifts": []})
    until = time.monotonic() + 20
    assert "loaded" in line.receive(until)
    line.send({"do": "call", "as": 1, "nonce": "1", "name": name, "args": list(args), "kwargs": {}})
    reply = line.receive(until)
    box.end()
    line.close()
    return reply


def with_solution(text: str) -> Any:
    return lambda given: (given / "solution.py").write_text(text)


def test_walls_hold(parent: Parent) -> None:
    try_walls(parent)


LOOKS_FOR_SCENARIOS = """
import os
import sys

import dojo


def look(names, mark):
    root = os.path.dirname(os.path.dirname(os.path.realpath(dojo.__file__)))
    given = os.path.dirname(os.path.realpath(__file__))
    below = [os.path.join(root, one) for one in ("dojo", "katas", "reference", "tests")]
    found = set()
    for start in ("/", root, given, sys.prefix, sys.base_prefix, *below):
        is_small = start in (given, *below)
        for folder, folders, files in os.walk(start):
            if folder == "/":
                folders[:] = set(folders) - {"proc", "sys"}
            for name in files:
                path = os.path.join(folder, name)
                if name in names:
                    found.add(path)
                elif is_small and name.endswith(".py"):
                    with open(path, encoding="utf-8") as file:
                        found |= {path for line in file if line.startswith(mark)}
    return sorted(found)
"""


def test_submission_finds_neither_scenario_nor_reference(parent: Parent) -> None:
    kata = find_kata(load_catalog(PACKAGE_ROOT), "16")
    names, mark = ["exam.py", "inside.py", f"{kata.slug}.py"], "@examines("
    assert mark in kata.exam_file.read_text(encoding="utf-8")
    examiner = Examiner(parent, "1")
    with examiner._sandbox(kata, LOOKS_FOR_SCENARIOS.encode(), "test_bird") as (box, _):
        found = call(box, "look", names, mark, file=f"{kata.slug}.py")["returned"]
        given = box.folder.resolve() / "given"

    assert found == sorted(
        str(given / one)
        for one in (
            f"checkout/katas/{kata.id}/{kata.slug}.py",  # the stub
            "examination/inside.py",
            f"{kata.slug}.py",
        )
    )


COUNTS = """
seen = []


def count(solution, folder):
    seen.append(solution.f())
    return len(seen)


def fail(solution, folder):
    raise LookupError("in here")


def apart(folder, word):
    seen.append(word)
    return [len(seen), folder.name]
"""


def test_inside_is_loaded_once_a_process_and_is_not_the_submissions(parent: Parent) -> None:
    def fill(given: Path) -> None:
        with_solution("def f():\n    return 1\n")(given)
        (given / INSIDE).parent.mkdir()
        (given / INSIDE).write_text(COUNTS)

    told = {"as": 1, "args": [], "kwargs": {}, "nonce": "1"}
    until = time.monotonic() + 30
    with parent.sandbox(fill) as box:
        line = box.start("examine", {"file": "solution.py", "token": "first", "lifts": []})
        line.receive(until)
        found = []
        for message in (
            {"do": "run_with", "name": "count"},
            {"do": "load", "file": "solution.py", "token": "second"},
            {"do": "run_with", "name": "count"},
            {"do": "run_with", "name": "fail"},
        ):
            line.send({**told, **message})
            found.append(line.receive(until))
        box.end()
        line.close()
        line = box.start("run_apart", {"function": "apart", "args": ["x"], "token": "third"})
        apart = line.receive(until)
        box.end()
        line.close()

    assert [one.get("returned") for one in found] == [1, None, 2, None]
    assert (found[-1]["raised"], found[-1]["text"]) == ("LookupError", "in here")
    assert found[-1]["where"] == ""
    assert apart == {"ran_apart": [1, "third"]}


def test_submission_cannot_change_what_runs_beside_it(parent: Parent) -> None:
    kata = find_kata(load_catalog(PACKAGE_ROOT), "16")
    text = b"def f(path):\n    open(path, 'a').write('def look(*_): return {}')\n"
    with Examiner(parent, "1")._sandbox(kata, text, "test_bird") as (box, _):
        said = call(box, "f", str(box.folder / "given" / INSIDE), file=f"{kata.slug}.py")

    assert said["raised"] in ("PermissionError", "OSError")


def test_two_processes_of_a_sandbox_share_no_folder(parent: Parent) -> None:
    text = "import os\ndef f():\n    open('mark', 'w')\n    return len(os.listdir())\n"
    with parent.sandbox(with_solution(text)) as box:
        assert [call(box, "f")["returned"] for _ in range(2)] == [1, 1]


def test_environment_is_empty_and_home_private(parent: Parent) -> None:
    text = "import os\ndef f():\n    return [*os.environ], os.path.expanduser('~'), os.getcwd()\n"
    with parent.sandbox(with_solution(text)) as box:
        names, home, work = call(box, "f")["returned"]["tuple"]
        folder = str(box.folder)
    assert home.startswith(folder)
    assert work.startswith(folder)
    assert not set(names) & {"SSH_AUTH_SOCK", "GITHUB_TOKEN", "VIRTUAL_ENV", "PYTHONPATH"}


def test_thread_takes_little_of_the_memory(parent: Parent) -> None:
    text = (
        "import threading\ngo, kept = threading.Event(), []\n"
        "def hold():\n    kept.append(bytearray(10_000))\n    go.wait()\n"
        "def f():\n    threads = [threading.Thread(target=hold) for _ in range(33)]\n"
        "    for one in threads:\n        one.start()\n    go.set()\n"
        "    for one in threads:\n        one.join()\n    return len(kept)\n"
    )
    with parent.sandbox(with_solution(text)) as box:
        assert call(box, "f").get("returned") == 33


def test_what_a_process_starts_dies_with_it(parent: Parent) -> None:
    text = (
        "import os, threading\nrest = threading.Event()\n"
        "def f():\n    if os.fork() == 0:\n        os.setsid()\n"
        "        if os.fork() == 0:\n            while True:\n"
        "                open('alive', 'a').write('x')\n                rest.wait(0.01)\n"
        "        os._exit(0)\n    rest.wait(0.2)\n    return os.getcwd()\n"
    )
    with parent.sandbox(with_solution(text)) as box:
        place = f"{Path(call(box, 'f')['returned']).relative_to(box.folder)}/alive"
        first = box.read(place)
        time.sleep(0.2)
        assert box.read(place) == first
        assert first


def test_keeper_tells_how_a_process_ended(parent: Parent) -> None:
    text = "import os\ndef f(n):\n    os._exit(n) if n >= 0 else os.kill(os.getpid(), -n)\n"
    with parent.sandbox(with_solution(text)) as box:
        for code in (0, 7, -9, -11):
            line = box.start("examine", {"file": "solution.py", "lifts": []})
            line.receive(time.monotonic() + 20)
            line.send(
                {"do": "call", "as": 1, "nonce": "1", "name": "f", "args": [code], "kwargs": {}}
            )
            ending = box.end(grace_s=5)
            assert ending.code == code
            assert ending == of_exit_code(code)
            line.close()


def test_keeper_tells_what_the_limits_ended(parent: Parent) -> None:
    limits = dataclasses.replace(parent.limits, cpu_s=1)
    with parent.sandbox(with_solution("def f(_):\n    while True: pass\n")) as box:
        line = box.start("examine", {"file": "solution.py", "lifts": []}, limits)
        line.receive(time.monotonic() + 20)
        line.send({"do": "call", "as": 1, "nonce": "1", "name": "f", "args": [1], "kwargs": {}})
        assert box.end(grace_s=20) == Ending("timeout", -24, 1.0)
        line.close()


FILLS = """
def f(megabytes):
    for name in ("data", "more"):
        with open(name, "wb") as file:
            for _ in range(megabytes):
                file.write(bytes(1 << 20))
    while True:
        pass
"""


def test_files_of_a_submission_have_a_limit_together(parent: Parent) -> None:
    """None of them is too long by itself."""
    if parent.level == "strict":
        pytest.skip("it has a file system of its own there, which `fills_the_disk` fills")
    limits = dataclasses.replace(parent.limits, disk_mb=24)
    with parent.sandbox(with_solution(FILLS)) as box:
        line = box.start("examine", {"file": "solution.py", "lifts": []}, limits)
        until = time.monotonic() + 20
        line.receive(until)
        line.send({"do": "call", "as": 1, "nonce": "1", "name": "f", "args": [20], "kwargs": {}})
        with pytest.raises(LineClosed):
            line.receive(until)
        assert box.end(grace_s=5) == Ending("output")
        line.close()


def test_killed_parent_is_started_again(parent: Parent) -> None:
    killed = parent.pid
    end = os.pidfd_open(killed)
    os.kill(killed, 9)
    assert select.select([end], [], [], 10)[0]
    os.close(end)
    with parent.sandbox(with_solution("def f():\n    return 1\n")) as box:
        assert call(box, "f")["returned"] == 1
    assert parent.pid != killed


def test_killed_sandbox_is_the_graders_fault(parent: Parent) -> None:
    def ask_a_dead_one() -> None:
        with parent.sandbox(with_solution("x = 1\n")) as box:
            box.kill()
            for _ in range(100):
                box.end()
                time.sleep(0.05)

    with pytest.raises(GuardFault):
        ask_a_dead_one()


def test_parent_that_dies_while_starting_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dojo.sandbox.parent_client._PROGRAM", "dojo.inside.nobody")
    with pytest.raises(EngineError, match=r"does not start.* module named dojo\.inside\.nobody$"):
        Parent(PACKAGE_ROOT, "landlock", LIMITS)


def test_process_1_that_fails_says_why(parent: Parent) -> None:
    def fill(given: Path) -> None:
        (given.parent / "work").rmdir()
        (given.parent / "work").touch()

    with pytest.raises(GuardFault) as caught, parent.sandbox(fill):
        pass

    assert caught.value.why.startswith("FileExistsError: ")
    assert "in __init__ (room / name).mkdir" in caught.value.log
    assert str(caught.value) == f"{caught.value.why}; its log ends: {caught.value.log}"


def test_what_a_submission_prints_is_in_no_log(parent: Parent) -> None:
    text = (
        "import os, sys\nprint('theirs', file=sys.stderr)\n"
        "def f():\n    return [os.write(n, b'theirs') for n in (1, 2)]\n"
    )
    kata = find_kata(load_catalog(PACKAGE_ROOT), "16")
    logs = parent.room.path / "logs"

    def judge(box: Sandbox, *_: Any) -> Any:
        assert call(box, "f", file=f"{kata.slug}.py")["returned"] == [6, 6]
        said.append("".join(path.read_text() for path in logs.iterdir()))
        raise box.fault("the end")

    said: list[str] = []
    examiner = Examiner(parent, "1")
    examiner._expected_of = lambda _: {}  # type: ignore[method-assign]
    examiner._judge_in = judge  # type: ignore[method-assign]
    with pytest.raises(Broke, match="GuardFault: the end") as caught:
        examiner.judge(kata, text.encode())

    assert "theirs" not in said[0] + caught.value.log
    assert [path.name for path in logs.iterdir()] == ["warm-parent.log"]


def test_machine_without_namespaces_is_told_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_try_namespaces", lambda: "Operation not permitted")
    assert "apparmor_restrict_unprivileged_userns=0" in missing_for("strict")
    assert "--level landlock" in missing_for("strict")


def test_machine_without_landlock_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "landlock_version", lambda: 0)
    for level in LEVELS:
        assert "Landlock is version 0" in missing_for(level)  # type: ignore[arg-type]


def test_wall_that_does_not_hold_ends_the_grading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Leaky:
        level = "strict"
        limits = LIMITS
        root = tmp_path
        room = SimpleNamespace(path=tmp_path)

    seen = {"read a file outside": "'secret'"}
    monkeypatch.setattr("dojo.sandbox.selftest._probe", lambda *_: dict(seen))
    with pytest.raises(SandboxError, match=r"nothing was graded.*read a file outside"):
        try_walls(Leaky())  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["link", "folder", "climbing", "link above"])
def test_only_a_regular_file_is_read_back(tmp_path: Path, kind: str) -> None:
    (tmp_path / "secret").write_text("secret")
    room = tmp_path / "room"
    room.mkdir()
    (room / "good").write_text("good")
    assert read_left_file(room, "good") == b"good"
    place = {"link": "l", "folder": "d", "climbing": "../secret", "link above": "up/secret"}[kind]
    (room / "l").symlink_to(tmp_path / "secret")
    (room / "d").mkdir()
    (room / "up").symlink_to(tmp_path)
    with pytest.raises(OSError):  # noqa: PT011 - which one is the system's choice
        read_left_file(room, place)
