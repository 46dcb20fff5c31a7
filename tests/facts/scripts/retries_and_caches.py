"""Retry and cache as katas 02 and 03 tell of it: see test_retry_and_cache_facts.py."""

# ruff: noqa: ARG005, E402  Prefect is imported where it finds its settings.

import datetime
import inspect
import json
import logging
import types
from pathlib import Path

from dojo.engines.prefect import engine
from dojo.ground.run_folder import Room

room = Room()
room.furnish()
engine.isolate(room)
import httpx
import pandas as pd
import prefect.client.base
import prefect.task_engine
from prefect import flow, task
from prefect.cache_policies import DEFAULT, INPUTS, TASK_SOURCE
from prefect.context import TaskRunContext
from prefect.locking.filesystem import FileSystemLockManager
from prefect.tasks import task_input_hash
from prefect.utilities.math import clamped_poisson_interval

found = {}
HOUR = datetime.timedelta(hours=1)


def attempt(action, *given, **more):
    try:
        return action(*given, **more)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def attempts(condition):
    """Return how often a failing task with this condition is called, and what is logged."""
    calls, said = [], []

    @task(retries=2, retry_condition_fn=condition)
    def fail():
        calls.append(1)
        raise OSError("busy")

    listener = logging.Handler()
    listener.emit = lambda record: said.append(record.getMessage())
    logger = logging.getLogger("prefect.task_runs")
    logger.addHandler(listener)
    attempt(fail)
    logger.removeHandler(listener)
    return [len(calls), any("retry_condition_fn" in text for text in said)]


def raises(task, task_run, state):
    raise ValueError("wrong")


async def awaited(task, task_run, state):
    return True


drawn = [clamped_poisson_interval(100, 0.5) for _ in range(20_000)]
found["jitter"] = [min(drawn), max(drawn)]
found["delays computed"] = []


def delays(retries):
    found["delays computed"].append(retries)
    return [0] * retries


inner_calls, step_calls = [], []


@task(retries=2, retry_delay_seconds=delays)
def inner():
    inner_calls.append(1)
    raise OSError("busy")


@task(retries=1)
def outer():
    inner()


@flow(retries=1, retry_delay_seconds=0)
def run_again():
    step()
    kept()
    raise OSError("busy")


@task
def step():
    step_calls.append("step")


@task(persist_result=True)
def kept():
    step_calls.append("kept")


def waits_of_the_client():
    """Return how long Prefect's own client waits, told 7 s by the header."""
    waits = []
    shim = types.SimpleNamespace(sleep=waits.append)
    answers = [httpx.Response(503, headers={"Retry-After": "7"}), httpx.Response(200)]
    transport = httpx.MockTransport(lambda request: answers.pop(0))
    real, prefect.client.base.time = prefect.client.base.time, shim
    try:
        with prefect.client.base.PrefectHttpxSyncClient(transport=transport) as client:
            client.get("http://127.0.0.1/api")
    finally:
        prefect.client.base.time = real
    return waits


def states(*calls):
    return [call(return_state=True).name for call in calls]


@task(cache_policy=INPUTS)
def mean(x):
    return "mean"


@task(cache_policy=INPUTS)
def most(x):
    return "most"


@task(cache_expiration=60, cache_policy=TASK_SOURCE + INPUTS)
def seconds(x):
    step_calls.append("worked")
    return x


@task(cache_policy=TASK_SOURCE + INPUTS)
def returns_its_error(x):
    return {"error": "quota exceeded"}


@task(cache_policy=TASK_SOURCE + INPUTS)
def raises_its_error(x):
    step_calls.append("raised")
    raise ValueError("quota exceeded")


@task(persist_result=True)
def persisted(x):
    return x


@flow
def twice(x):
    return [persisted(x, return_state=True).name for _ in range(2)]


def made_by_a_factory(figure):
    @task
    def made(x):
        return figure

    return made


def sources():
    """Return what is in a key of a task's source."""
    namespace = {}

    def task_of(text, name):
        Path(f"{name}.py").write_text(text)
        module = types.ModuleType(name)
        exec(compile(text, f"{name}.py", "exec"), module.__dict__)
        return module.work

    def key(one, policy):
        context = TaskRunContext.model_construct(task=one)
        if policy is task_input_hash:
            return task_input_hash(context, {"x": 1})
        return policy.compute_key(context, {"x": 1}, {})

    helper = "from prefect import task\ndef help_it(x):\n    return x + {}\n"
    work = "@task\ndef work(x):\n    return help_it(x){}\n"
    first = task_of(helper.format(1) + work.format(""), "first")
    helped = task_of(helper.format(2) + work.format(""), "helped")
    other = task_of(helper.format(1) + work.format(" * 2"), "other")
    moved = task_of("import os\n" + helper.format(1) + work.format(""), "moved")
    made, again = made_by_a_factory(1), made_by_a_factory(2)
    for name, policy in (("source", TASK_SOURCE), ("input hash", task_input_hash)):
        of_first = key(first, policy)
        namespace[name] = {
            "helper": key(helped, policy) == of_first,
            "own lines": key(other, policy) == of_first,
            "moved": key(moved, policy) == of_first,
            "factory": key(made, policy) == key(again, policy),
        }
    return namespace


def frame_keys():
    """Return whether equal content built another way has the same key."""

    def key(**arguments):
        return INPUTS.compute_key(None, arguments, {})

    frame = pd.DataFrame({"a": ["x", "y", "z"], "b": [1, 2, 3]})
    frame.to_csv("frame.csv", index=False)
    name = "Laval"
    once = pd.DataFrame({"a": pd.Series([name, name], dtype=object)})
    built = pd.DataFrame({"a": pd.Series([name, "".join(["La", "val"])], dtype=object)})
    return {
        "copy": key(x=frame) == key(x=frame.copy()),
        "read again": key(x=pd.read_csv("frame.csv")) == key(x=pd.read_csv("frame.csv")),
        "changed": key(x=frame) == key(x=frame.assign(b=[1, 2, 4])),
        "built another way": key(x=once) == key(x=built),
        "is equal": once.equals(built),
        "path": key(x="frame.csv") == key(x="./frame.csv"),
    }


with engine.harness(room, lambda _: None), engine.results_in(room.folder("results")):
    found["condition raises"] = attempts(raises)
    found["condition is awaited"] = attempts(awaited)
    attempt(outer)
    found["attempts within"] = len(inner_calls)
    attempt(run_again)
    found["flow retried"] = list(step_calls)
    found["client waits"] = waits_of_the_client()
    step_calls.clear()
    found["INPUTS alone"] = [mean(1), most(1)]
    found["seconds"] = [attempt(seconds, 1), list(step_calls)]
    found["error returned"] = [one(1, return_state=True).name for one in [returns_its_error] * 2]
    step_calls.clear()
    found["error raised"] = [attempt(raises_its_error, 1) and len(step_calls) for _ in range(2)]
    found["persisted"] = [twice(1), twice(1)]

    import example_02
    import example_03

    asked = []
    example_03.route_all = lambda places, release: asked.append("route") or [[1.0]]
    example_03.tour_of = lambda places, release: asked.append("tour") or 7.0
    found["example 03"] = [
        one(places, "2026-03", return_state=True).name
        for one in (example_03.distances, example_03.shortest_tour)
        for places in (["Laval", "Paris"], ["Paris", "Laval"])
    ]
    names = [path.name for path in room.folder("results").iterdir()]
    found["key is a file"] = sum(name.startswith("shortest_tour-") for name in names)
    example_03.route_all = lambda places, release: []
    found["empty"] = [attempt(example_03.distances, ["Lyon"], "2026-03") for _ in range(2)]
    Path("export.csv").write_text("a,b\n")
    read = example_02.read_export.with_options(retry_delay_seconds=0)
    found["example 02"] = [attempt(read, path) for path in ("export.csv", "none.csv")]

found["sources"] = sources()
found["frames"] = frame_keys()
found["default key has the run"] = "RunId" in repr(DEFAULT)
found["lock ends"] = (
    inspect.signature(FileSystemLockManager.acquire_lock).parameters["hold_timeout"].default
)
found["flow can be cached"] = "cache_policy" in inspect.signature(flow.__call__).parameters
room.close()
Path("found.json").write_text(json.dumps(found))
