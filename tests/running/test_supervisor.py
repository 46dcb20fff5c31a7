"""How long a test may take: as long as somebody asked for, else more where the machine is busy."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any, cast

import pytest

from dojo.running import children, supervisor
from dojo.running.supervisor import Supervisor


@pytest.mark.parametrize(
    ("load", "cores", "times"),
    [(0.3, 2, 1.0), (2.0, 2, 1.0), (5.0, 2, 2.5), (99.0, 2, 8.0), (3.0, None, 3.0)],
)
def test_test_may_take_longer_by_the_load_of_a_core(
    monkeypatch: pytest.MonkeyPatch, load: float, cores: int | None, times: float
) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (load, 0.0, 0.0))
    monkeypatch.setattr(os, "cpu_count", lambda: cores)

    assert children.times_longer() == times


def test_machine_that_does_not_tell_its_load_is_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    def tells_nothing() -> None:
        raise OSError("no /proc here")

    monkeypatch.setattr(os, "getloadavg", tells_nothing)

    assert children.times_longer() == 1.0


@pytest.mark.parametrize(("asked", "limit_s", "after_s"), [(None, 90.0, 18.0), ("4", 4.0, 4.0)])
def test_hang_is_told_with_what_the_test_had(
    monkeypatch: pytest.MonkeyPatch, asked: str | None, limit_s: float, after_s: float
) -> None:
    given: list[float] = []

    class Hangs:
        pid, importing = 1, False

        def ask(self, _: str, __: str, timeout_s: float) -> None:
            given.append(timeout_s)
            raise children.Broken("hang", "")

    monkeypatch.delenv("DOJO_TEST_TIMEOUT", raising=False)
    if asked:
        monkeypatch.setenv("DOJO_TEST_TIMEOUT", asked)
    monkeypatch.setattr(supervisor, "times_longer", lambda: 3.0)
    monkeypatch.setattr(supervisor, "CAN_FORK", True)
    monkeypatch.setattr(supervisor, "fork_child", lambda *_: Hangs())
    monkeypatch.setattr(supervisor, "stack_file", lambda *_: SimpleNamespace(read_text=str))
    monkeypatch.setattr(supervisor, "_reports", lambda *told: [told[2]])
    capture = SimpleNamespace(getplugin=lambda _: None)
    session = SimpleNamespace(config=SimpleNamespace(pluginmanager=capture))
    solutions = SimpleNamespace(file_of=lambda _: "retries.py")
    run = SimpleNamespace(room=object(), solutions=solutions)
    kata = cast(Any, SimpleNamespace(id="02_retries"))
    asking = Supervisor(cast(Any, run), cast(Any, session))
    item = cast(Any, SimpleNamespace(nodeid="test_one"))

    told = [cast(Any, asking.reports_of(item, None, kata)[0]) for _ in range(2)]

    assert given == [limit_s, after_s]
    assert run.limit_s == after_s  # what a child knows that records a test, and writes in time
    assert [one.ending.limit_s for one in told] == [limit_s, after_s]
