"""What Prefect really does with retries, runs and logs: the facts that the katas rely on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import version
from typing import Any

import pytest
from packaging.version import Version

LIBRARIES = ["urllib3.util.retry", "requests", "tenacity.nap", "backoff._sync", "httpx"]
OTHERS = ["concurrent.futures.thread", "prefect.flow_engine", "urllib", "dojo_solutions"]


OLD = Version(version("prefect")) < Version("3.9")  # what Python 3.10 gets

# What the katas rely on in the real engine

SOLUTION = """
import time
from prefect import task

@task(retries=1, retry_delay_seconds=10)
def wait_then_fail():
    time.sleep(2)
    raise OSError
"""

FACTS = """
import contextlib, functools, json, sys, time
from pathlib import Path
from dojo.engines.prefect import engine
from dojo.ground.run_folder import Room

room = Room()
room.furnish()
engine.isolate(room)

import requests
from dojo.running.solution import load_solution
from dojo.world.clock import RetryClock, free_waits
from dojo.world.http.flaky_api import FlakyApi
from dojo.world.history import PrefectHistory, recorded_history

def look(run, recorded=True):
    clock, history, calls = RetryClock(), PrefectHistory(), []
    api = FlakyApi(clock)
    recording = recorded_history(history) if recorded else contextlib.nullcontext()
    with free_waits(clock), recording, api.on_the_wire():
        try:
            result = run(calls, api)
        except BaseException as error:
            result = f"{type(error).__name__}: {error}"
        flows = history.flow_runs
    return {
        "result": result,
        "attempts": len(calls) or len(api.requests),
        "waits": [[wait.seconds, wait.by] for wait in clock.waits],
        "runs": [[run.delays_s, run.states] for run in history.task_runs],
        "gaps": api.gaps_s,
        "flows": [
            {
                "flow": run.flow_name,
                "states": run.states,
                "message": run.message,
                "parameters": run.parameters,
                "parent": run.parent and run.parent.flow_name,
                "tasks": [task.function for task in run.task_runs],
                "logs": run.logs,
            }
            for run in flows
        ],
        "upstream": [len(run.upstream_ids) for run in history.task_runs],
    }

with engine.harness(room, lambda line: print(line, file=sys.stderr)):
    from prefect import flow, get_run_logger, task
    from prefect.tasks import exponential_backoff

    import prefect.task_engine

    def on_a_busy_machine(real):
        def slowly(*args, **more):
            end = time.perf_counter() + 0.005
            while time.perf_counter() < end:
                pass
            return real(*args, **more)
        return slowly

    prefect.task_engine.AwaitingRetry = on_a_busy_machine(prefect.task_engine.AwaitingRetry)

    def failing(calls, **options):
        @task(**options)
        def fail():
            calls.append(1)
            raise OSError("busy")
        return fail

    def direct(calls, api):
        return failing(calls, retries=3, retry_delay_seconds=[10, 30, 60])()

    def submitted(calls, api):
        fail = failing(calls, retries=3, retry_delay_seconds=[10, 30, 60])
        @flow
        def both():
            one, two = fail.submit(), fail.submit()
            one.wait(), two.wait()
            one.result()
        return both()

    def in_async(calls, api):
        import asyncio
        @task(retries=3, retry_delay_seconds=[10, 30, 60])
        async def fail():
            calls.append(1)
            raise OSError("busy")
        return asyncio.run(fail())

    def in_async_with(condition):
        def run(calls, api):
            import asyncio
            @task(retries=3, retry_delay_seconds=10, retry_condition_fn=condition)
            async def fail():
                calls.append(1)
                raise OSError("busy")
            return asyncio.run(fail())
        return run

    def is_not_awaited(task, task_run, state):
        return isinstance(state.result(raise_on_failure=False), OSError)

    async def is_awaited(task, task_run, state):
        return isinstance(await state.aresult(raise_on_failure=False), OSError)

    def with_options(**options):
        return lambda calls, api: failing(calls, retries=3, **options)()

    def condition(answer, task, task_run, state):
        return answer

    class Condition:
        def __call__(self, task, task_run, state):
            return True

    def in_flow_that_retries(calls, api):
        @flow(retries=1, retry_delay_seconds=30)
        def again():
            calls.append(1)
            raise OSError("busy")
        return again()

    def family(calls, api):
        @task
        def load(x):
            get_run_logger().info("loaded %s", x)
            return x
        @flow
        def child(x):
            return load(load.submit(x))
        @flow
        def parent():
            get_run_logger().warning("begin")
            child(3)
            raise OSError("busy")
        return parent()

    def unchecked(calls, api):
        @task(retries=3, retry_delay_seconds=60)
        def load():
            return requests.get(api.url, timeout=1).json()
        api.will(503, 200)
        return load()

    def checked(calls, api):
        @task(retries=3, retry_delay_seconds=60)
        def load():
            response = requests.get(api.url, timeout=1)
            response.raise_for_status()
            return len(response.json())
        api.will(api.answer(503, retry_after=7), api.TIMEOUT, 200)
        return load()

    def heard_in_a_hook(error):
        def run(calls, api):
            import prefect.logging.loggers as loggers
            said = []
            def hear(flow, flow_run, state):
                loggers.flow_run_logger(flow_run, flow).warning("told")
                try:
                    get_run_logger()
                except Exception as caught:
                    said.append(type(caught).__name__)
                else:
                    said.append("there is one")
                said.extend([state.type.value, state.name, state.message])
                raise ValueError("of the hook")
            @flow(on_failure=[hear], on_crashed=[hear])
            def fail(number: int = 1):
                raise error
            try:
                fail() if error else fail(number="none")
            except BaseException:
                return said
        return run

    facts = {
        "hook": heard_in_a_hook(OSError("no room")),
        "hook_time": heard_in_a_hook(TimeoutError("no answer")),
        "hook_crash": heard_in_a_hook(KeyboardInterrupt()),
        "hook_refused": heard_in_a_hook(None),
        "direct": direct,
        "submitted": submitted,
        "async": in_async,
        "short_list": with_options(retry_delay_seconds=[5, 7]),
        "scalar": with_options(retry_delay_seconds=60),
        "no_delay": with_options(),
        "backoff": with_options(retry_delay_seconds=exponential_backoff(10)),
        "tuple": with_options(retry_delay_seconds=(10, 30)),
        "function": with_options(retry_condition_fn=lambda task, task_run, state: True),
        "function_no": with_options(retry_condition_fn=lambda task, task_run, state: False),
        "partial": with_options(retry_condition_fn=functools.partial(condition, True)),
        "object": with_options(retry_condition_fn=Condition()),
        "async_not_awaited": in_async_with(is_not_awaited),
        "async_awaited": in_async_with(is_awaited),
        "flow": in_flow_that_retries,
        "family": family,
        "unchecked": unchecked,
        "checked": checked,
        "solution": lambda calls, api: load_solution(Path(sys.argv[1])).wait_then_fail(),
    }
    seen = {name: look(run) for name, run in facts.items()}
    for name in ("direct", "submitted", "async"):
        seen[name + "_unrecorded"] = look(facts[name], recorded=False)
print(json.dumps(seen))
room.close()
"""


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What one process with a real Prefect saw."""
    folder = tmp_path_factory.mktemp("facts")
    (folder / "facts.py").write_text(FACTS, encoding="utf-8")
    (folder / "mine.py").write_text(SOLUTION, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(folder / "facts.py"), str(folder / "mine.py")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return seen


RETRIED = ["Pending", "Running", *["AwaitingRetry", "Retrying"] * 3, "Failed"]


@pytest.mark.parametrize(("how", "runs"), [("direct", 1), ("submitted", 2), ("async", 1)])
def test_three_retries_are_four_attempts(facts: dict[str, Any], how: str, runs: int) -> None:
    assert facts[how]["result"] == "OSError: busy"
    assert facts[how]["attempts"] == 4 * runs


@pytest.mark.parametrize(("how", "runs"), [("direct", 1), ("submitted", 2), ("async", 1)])
def test_engine_waits_the_delays_exactly(facts: dict[str, Any], how: str, runs: int) -> None:
    expected = sorted([[10.0, "engine"], [30.0, "engine"], [60.0, "engine"]] * runs)

    assert sorted(facts[how]["waits"]) == expected
    assert sorted(facts[how + "_unrecorded"]["waits"]) == expected


@pytest.mark.parametrize(("how", "runs"), [("direct", 1), ("submitted", 2), ("async", 1)])
def test_history_tells_delays_and_states(facts: dict[str, Any], how: str, runs: int) -> None:
    assert facts[how]["runs"] == [[[10.0, 30.0, 60.0], RETRIED]] * runs


@pytest.mark.parametrize(
    ("how", "delays"),
    [
        ("short_list", [5, 7, 7]),
        ("scalar", [60, 60, 60]),
        ("backoff", [10, 20, 40]),
        ("no_delay", []),
    ],
)
def test_delays_are_what_the_option_means(
    facts: dict[str, Any], how: str, delays: list[float]
) -> None:
    assert facts[how]["waits"] == [[delay, "engine"] for delay in delays]
    assert facts[how]["runs"][0][0] == delays
    assert facts[how]["attempts"] == 4


def test_tuple_of_delays_raises_type_error(facts: dict[str, Any]) -> None:
    assert facts["tuple"]["result"].startswith("TypeError: ")


@pytest.mark.parametrize(
    ("how", "attempts"),
    [
        ("function", 4),
        ("function_no", 1),
        ("partial", 1 if OLD else 4),
        ("object", 1 if OLD else 4),
        ("async_not_awaited", 1),
        ("async_awaited", 4),
    ],
)
def test_who_is_asked_whether_to_retry(facts: dict[str, Any], how: str, attempts: int) -> None:
    assert facts[how]["attempts"] == attempts


def test_real_flow_level_retry_is_refused(facts: dict[str, Any]) -> None:
    assert facts["flow"]["result"].startswith("FlowRetryWaits: The flow was told to wait ")
    assert facts["flow"]["attempts"] == 1


def test_unchecked_error_body_completes_the_task(facts: dict[str, Any]) -> None:
    assert facts["unchecked"]["result"] == {"error": "busy"}
    assert facts["unchecked"]["attempts"] == 1
    assert facts["unchecked"]["runs"] == [[[], ["Pending", "Running", "Completed"]]]


def test_checked_status_is_retried_at_engines_pace(facts: dict[str, Any]) -> None:
    assert facts["checked"]["result"] == 5
    assert facts["checked"]["gaps"] == [60, 60]


def test_waits_of_solution_and_engine_are_told_apart(facts: dict[str, Any]) -> None:
    assert facts["solution"]["waits"] == [[2, "solution"], [10, "engine"], [2, "solution"]]


def test_history_tells_flow_runs_and_their_parents(facts: dict[str, Any]) -> None:
    parent, child = facts["family"]["flows"]

    assert (parent["flow"], parent["parent"]) == ("parent", None)
    assert (child["flow"], child["parent"]) == ("child", "parent")
    assert (parent["states"][-1], child["states"][-1]) == ("Failed", "Completed")
    assert "busy" in parent["message"]
    assert (parent["parameters"], child["parameters"]) == ({}, {"x": 3})
    assert child["tasks"] == ["load", "load"]


def test_history_tells_what_each_flow_logged(facts: dict[str, Any]) -> None:
    parent, child = facts["family"]["flows"]

    assert ["WARNING", "begin"] in parent["logs"]
    assert child["logs"].count(["INFO", "loaded 3"]) == 2


def test_history_tells_whose_result_a_task_was_given(facts: dict[str, Any]) -> None:
    assert sorted(facts["family"]["upstream"])[-2:] == [0, 1]


@pytest.mark.parametrize(
    ("how", "logger", "kind", "name"),
    [
        ("hook", "there is one", "FAILED", "Failed"),
        ("hook_time", "there is one", "FAILED", "TimedOut"),
        ("hook_crash", "MissingContextError", "CRASHED", "Crashed"),
        ("hook_refused", "MissingContextError", "FAILED", "Failed"),
    ],
)
def test_what_a_hook_has(
    facts: dict[str, Any], how: str, logger: str, kind: str, name: str
) -> None:
    assert facts[how]["result"][:3] == [logger, kind, name]
    assert ["WARNING", "told"] in facts[how]["flows"][0]["logs"]


@pytest.mark.parametrize(
    ("how", "runs_log"), [("hook", True), ("hook_crash", True), ("hook_refused", False)]
)
def test_where_it_goes_what_a_hook_raises(facts: dict[str, Any], how: str, runs_log: bool) -> None:
    told = [text for _, text in facts[how]["flows"][0]["logs"] if "of the hook" in text]
    assert bool(told) == runs_log


def test_text_of_a_time_out_is_in_the_message(facts: dict[str, Any]) -> None:
    assert "no answer" in facts["hook_time"]["result"][3]


def test_frame_whose_columns_have_no_order_has_a_key_since_3_9() -> None:
    import pandas as pd
    from prefect.cache_policies import INPUTS

    def key_of(*names: object) -> str | None:
        frame = pd.DataFrame({name: [1, 2] for name in names})
        return INPUTS.compute_key(None, {"customers": frame}, {})

    assert key_of("a", "b") == key_of("a", "b") is not None
    if OLD:
        with pytest.raises(TypeError, match="not supported between"):
            key_of("a", 3)
    else:
        assert key_of("a", 3) == key_of("a", 3) is not None
