"""Run flows and tasks as katas 01, 04, 05 and 06 tell of them: see test_run_facts.py."""

# ruff: noqa: E402  Prefect is imported where it finds its settings.

import asyncio
import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path

from dojo.engines.prefect import engine
from dojo.ground.run_folder import Room
from dojo.world.history import PrefectHistory, recorded_history

room = Room()
room.furnish()
engine.isolate(room)
from prefect import Task, flow, task
from prefect.futures import as_completed, wait
from prefect.task_runners import ThreadPoolTaskRunner
from pydantic import BaseModel, ConfigDict

found = {}


def look(name, action, *given, **more):
    history = PrefectHistory()
    with recorded_history(history):
        try:
            value = action(*given, **more)
            value = value if isinstance(value, (int, float, list)) else str(value)
        except BaseException as error:
            value = f"{type(error).__name__}: {error}"
        runs = history.flow_runs
        found[name] = {
            "value": value,
            "flows": [one.states[-1] for one in runs],
            "name": runs[0].name if runs else "",
            "parents": [one.parent and one.parent.flow_name for one in runs],
            "tasks": [one.states[-1] for one in history.task_runs],
            "of a flow": [one.flow_run_id is not None for one in history.task_runs],
            "tags": [[sorted(one.tags) for one in kind] for kind in (runs, history.task_runs)],
            "logs": [text for one in runs for _, text in one.logs],
            "parameters": runs[0].parameters if runs else {},
        }
    return value


@task
def say(number):
    print(f"printed {number}")
    return number


@task
def fail(number=0):
    raise TimeoutError("too late")


@flow
def bare():
    return say.fn(1)


@flow
def quiet():
    return say(1)


@flow(log_prints=True)
def loud():
    Task(say.fn)(2)
    return say(1)


@flow
def looked_away():
    fail(return_state=True)
    fail.submit().result(raise_on_failure=False)
    return "went on"


@flow
def returns_a_future():
    return say.submit(1)


@flow
def last_alone():
    return say.submit(fail.submit()).result()


@flow
def nobody_asks():
    future = fail.submit()
    future.wait(), wait([future])
    return "went on"


@flow
def told_apart():
    future = fail.submit()
    try:
        future.result(timeout=60)
    except TimeoutError:
        return future.state.name


@flow
def silent_for_long():
    held = threading.Event()
    future = task(lambda: held.wait(20)).submit()
    try:
        future.result(timeout=0.01)
    except TimeoutError:
        return future.state.name
    finally:
        held.set()


@flow
def quickest_first():
    held = threading.Event()

    @task
    def train(name):
        name == "first" and held.wait(20)
        return name

    futures = [train.submit(name) for name in ("first", "second")]
    for future in as_completed(futures):
        held.set()
        return future.result()


@flow
def left_early():
    began, held = threading.Event(), threading.Event()

    @task
    def train(number):
        began.set()
        held.wait(20)

    with ThreadPoolTaskRunner(max_workers=1) as pool:
        futures = [pool.submit(train, {"number": number}) for number in (1, 2)]
        began.wait(20)
        threading.Timer(0.2, held.set).start()
    return [one.wrapped_future.cancelled() for one in futures]


@flow
def entered_twice():
    pool = ThreadPoolTaskRunner()
    with pool, pool:
        pass


@flow
def threads_of_its_own():
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(say, 1).result()


@task
async def never_waits(seen):
    seen.append("in")
    seen.append("out")


@flow
async def gathered(seen):
    await asyncio.gather(never_waits(seen), never_waits(seen))


def in_turn():
    seen = []
    asyncio.run(gathered.with_options(validate_parameters=False)(seen))
    return seen


@flow
def child(number):
    return number


@task
def call_child(number):
    return child(number)


@flow
def parent(how):
    with ThreadPoolExecutor(1) as pool:
        if how == "thread":
            pool.submit(child, 1).result()
        elif how == "context":
            pool.submit(copy_context().run, child, 1).result()
        elif how == "mapped":
            call_child.map([1, 2]).result()
        elif how == "function":
            child.fn(1)
        else:
            flow(fail.fn, name="child")(return_state=True)
    return "done"


@flow
async def two_children(seen):
    @flow
    async def reads(number):
        seen.append("in")
        seen.append("out")

    await asyncio.gather(reads(1), reads(2))


def children_in_turn():
    seen = []
    asyncio.run(two_children.with_options(validate_parameters=False)(seen))
    return seen


@task
def annotated(number: int):
    return str(type(number))


@flow
def whole(number: int):
    return repr(number)


@flow
def unannotated(number):
    return repr(number)


class Inner(BaseModel):
    depth: int = 3


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    inner: Inner = Inner()


@flow
def configured(config: Outer):
    return isinstance(config, Outer)


with engine.harness(room, lambda _: None):
    for made in (bare, quiet, loud, looked_away, returns_a_future, last_alone, nobody_asks):
        look(made.fn.__name__, made)
    for made in (told_apart, silent_for_long, quickest_first, left_early, entered_twice):
        look(made.fn.__name__, made)
    look("threads_of_its_own", threads_of_its_own)
    look("in_turn", in_turn)
    look("children_in_turn", children_in_turn)
    for how in ("thread", "context", "mapped", "function", "swallowed"):
        look(how, parent, how)
    look("annotations of a task", annotated, "3")
    for number in ("3", -1, True, 7.5):
        look(f"whole {number!r}", whole, number)
    look("unannotated", unannotated, "20")
    look("unchecked", whole.with_options(validate_parameters=False), "20")
    look("unknown name", whole, numbre=1)
    look("unknown key", configured, {"outer": 1})
    look("unknown key within", configured, {"inner": {"dephts": 1}})

    import example_01
    import example_04
    import example_05
    import example_06

    Path("readings.txt").write_text("1\n3\n")
    look("example 01", example_01.meter_report, "readings.txt")
    look("example 04", example_04.count_all, ["readings.txt"] * 2)
    look("example 04, missing", example_04.count_all, ["readings.txt", "none.txt"])
    runner = ThreadPoolTaskRunner(max_workers=1)
    look("chosen", example_04.count_all.with_options(task_runner=runner), ["readings.txt"])
    for month in (3, 13, "3"):
        look(f"example 05, {month!r}", example_05.make_report, month)
    Path("2025.csv").write_text("kwh\n1\n3\n"), Path("today.csv").write_text("kwh\n9\n")
    look("example 06", lambda: example_06.yearly_report() + example_06.daily_alert(2.0))
found["bound"] = ThreadPoolTaskRunner()._max_workers == sys.maxsize
found["flows have"] = [hasattr(child, name) for name in ("submit", "map")]
room.close()
Path("found.json").write_text(json.dumps(found))
