"""Make up stories: of runs that wait, that run beside others, that others gave their names."""

from __future__ import annotations

from typing import Any

from dojo.replay.story import Nap, Run, State, Story

HOSTILE = "</title><script>alert(1)</script>\x1b[31m&\"'\u202e" + "x" * 500


def run(number: int, *states: tuple[float, str] | tuple[float, str, float], **more: Any) -> Run:
    """Make a run of its states: when, which, and how long it waits in it."""
    made = [State(at=one[0], name=one[1], wait_s=(*one, None)[2]) for one in states]
    return Run(id=number, states=tuple(made), **{"kind": "task run", "name": "load", **more})


def story(*runs: Run, **more: Any) -> Story:
    """Make a story of runs."""
    known = {"kata": "02_retries", "test": "test_x", "solution": "learner", **more}
    return Story(runs=runs, **known)


def retried(number: int, at: float, wait_s: float, **more: Any) -> Run:
    """Make a task run that fails once, waits, and is well: in a twentieth of a second."""
    return run(
        number,
        (at, "Pending"),
        (at + 0.01, "Running"),
        (at + 0.02, "AwaitingRetry", wait_s),
        (at + 0.03, "Retrying"),
        (at + 0.05, "Completed"),
        **more,
    )


def many(count: int) -> Story:
    """Make a flow run of many task runs, eight at a time; each hundredth fails."""
    flow = run(1, (0, "Running"), (count / 8 + 1, "Completed"), kind="flow run", name="night")
    tasks = [
        run(
            number,
            (number // 8, "Pending"),
            (number // 8 + 0.1, "Running"),
            (number // 8 + 0.9, "Completed" if number % 100 else "Failed"),
            parent=1,
            name="score",
        )
        for number in range(2, count + 2)
    ]
    return story(flow, *tasks)


def hostile() -> Story:
    """Make a story in which all that a learner's code names is markup, and too long."""
    one = run(1, (0, HOSTILE), (1, HOSTILE, 5), (1.1, HOSTILE), name=HOSTILE, notes=(HOSTILE,))
    nap = run(2, (2, "Running"), (3, "Failed"), name=HOSTILE, naps=(Nap(at=2.5, seconds=7),))
    table = {"title": HOSTILE, "columns": (HOSTILE,), "rows": ((HOSTILE,),)}
    return story(one, nap, test=HOSTILE, tables=(table,))
