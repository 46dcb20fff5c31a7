"""Make assets, check them and store them as katas 13 and 14 tell of it: see test_asset_facts.py."""

# ruff: noqa: E402  Dagster is imported where it finds its settings.

import datetime
import importlib
import json
import logging
import os
from pathlib import Path

from dojo.engines.dagster import engine
from dojo.ground.run_folder import Room
from dojo.world.clock import RetryClock

room = Room()
room.furnish()
engine.isolate(room)
logging.disable(logging.CRITICAL)
import dagster as dg
import numpy as np
from pydantic import Field

found = {}
clock = RetryClock()


def attempt(action, *given, **more):
    try:
        return action(*given, **more)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


@dg.asset
def first():
    return 1


@dg.asset(metadata={"of": "the definition"})
def second(first):
    return first + 1


@dg.asset(deps=[first])
def arrow():
    return "nothing loaded"


@dg.asset
def misspelt(frist):
    return 1


@dg.asset
def failing():
    raise OSError("busy")


@dg.asset
def neighbour():
    return 1


class Bounded(dg.Config):
    c: float = Field(1.0, gt=0)


@dg.asset
def configured(config: Bounded):
    return config.c


@dg.asset
def asks_again(context: dg.AssetExecutionContext):
    numbers.append(context.retry_number)
    try:
        raise ConnectionError("restarting")
    except ConnectionError as error:
        wait = 10 * 2**context.retry_number
        raise dg.RetryRequested(max_retries=3, seconds_to_wait=wait) from error


@dg.asset(retry_policy=dg.RetryPolicy(max_retries=3, delay=10))
def hopeless():
    numbers.append("hopeless")
    raise dg.Failure("no token", allow_retries=False)


def checked(name, returned):
    @dg.asset_check(asset=first, name=name)
    def check():
        return returned()

    result = dg.materialize([first, check], instance=instance, raise_on_error=False)
    key = dg.AssetCheckKey(first.key, name)
    noted = instance.event_log_storage.get_asset_check_execution_history(key, limit=5)
    return [result.success, len(result.get_asset_check_evaluations()), len(noted)]


def asserts():
    assert 1 > 2


def refused(name, annotated):
    """Return what Dagster says of a file whose annotations are texts."""
    text = f"from __future__ import annotations\nimport dagster as dg\n{annotated}\n"
    Path(f"future_{name}.py").write_text(text)
    said = attempt(importlib.import_module, f"future_{name}")
    return said.split(":")[0] if isinstance(said, str) else "taken"


FUTURE = {
    "context": "@dg.asset\ndef one(context: dg.AssetExecutionContext): ...",
    "configuration": "class C(dg.Config):\n    c: int = 1\n@dg.asset\ndef one(config: C): ...",
    "resource": "class R(dg.ConfigurableResource):\n    path: str\n@dg.asset\ndef one(r: R): ...",
    "inner_resource": "def make():\n    class R(dg.ConfigurableResource):\n"
    "        path: str\n    @dg.asset\n    def one(r: R): ...\n    return one\nmake()",
    "frame": "import pandas as pd\n@dg.asset\ndef one(two: pd.DataFrame) -> pd.DataFrame: ...",
}


def kept(folder):
    """Run the example of 13 twice: whole, then with what was kept of the first run."""
    import example_13 as example

    Path("2025.csv").write_text("year,kwh\n2025,3\n2025,4\n2024,9\n")
    resources = {
        "meter": example.Meter(path="2025.csv"),
        "numbers": example.NumberStore(folder=folder),
    }
    assets = [example.readings, example.yearly_kwh]
    whole = dg.materialize(assets, resources=resources, instance=instance)
    os.environ.update(METER_FILE="2025.csv", NUMBERS=folder)
    job = example.defs.get_job_def("reporting")
    by_environment = job.execute_in_process(instance=instance).success
    Path("2025.csv").unlink()
    alone = dg.materialize(assets, selection=assets[1:], resources=resources, instance=instance)
    (event,) = alone.get_asset_materialization_events()
    said = event.step_materialization_data.materialization.metadata
    return {
        "made": [len(one.get_asset_materialization_events()) for one in (whole, alone)],
        "by environment": by_environment,
        "value": whole.output_for_node("yearly_kwh"),
        "file": Path(folder, "yearly_kwh.txt").read_text(),
        "metadata": said["kwh"].value,
    }


def month():
    """Run the example of 14 on two months, with and without its check."""
    import example_14 as example

    Path("2025-03-01.csv").write_text("meter\nm1\n")
    Path("2025-04-01.csv").write_text('meter\nm1\n""\n')
    both = [example.readings, example.meters_are_known]

    def run(assets, key):
        result = dg.materialize(assets, partition_key=key, instance=instance, raise_on_error=False)
        return [result.success, len(result.get_asset_check_evaluations())]

    raised = attempt(dg.materialize, [failing], instance=instance)
    return [
        run(both, "2025-03-01"),
        run(both, "2025-04-01"),
        run(both[:1], "2025-04-01"),
        raised,
    ]


def days(moment, **options):
    made = dg.DailyPartitionsDefinition("2026-01-01", **options)
    return made.get_partition_keys(current_time=datetime.datetime.fromisoformat(moment))[-1]


numbers = []
with engine.new_instance(room.path / "instance") as instance, engine.free_retries(clock):
    dg.materialize([asks_again], instance=instance, raise_on_error=False)
    found["requested"] = [numbers[:], [wait.seconds for wait in clock.waits]]
    numbers.clear()
    dg.materialize([hopeless], instance=instance, raise_on_error=False)
    found["hopeless"] = numbers[:]
    result = dg.materialize([first, arrow], instance=instance)
    found["arrow"] = [
        len(result.get_asset_materialization_events()),
        [key.to_user_string() for key in arrow.asset_deps[arrow.key]],
    ]
    found["misspelt"] = attempt(dg.materialize, [first, misspelt], instance=instance)
    (_, event) = dg.materialize([first, second], instance=instance).filter_events(
        lambda event: event.is_step_materialization
    )
    found["metadata of the definition"] = [
        [spec.metadata["of"] for spec in second.specs],
        sorted(event.step_materialization_data.materialization.metadata),
    ]
    result = dg.materialize([failing, neighbour], instance=instance, raise_on_error=False)
    found["neighbour"] = [result.success, len(result.get_asset_materialization_events())]
    for name, config in (("unknown key", {"d": 1.0}), ("text", {"c": "20"})):
        before = len(instance.get_runs())
        said = attempt(
            dg.materialize,
            [configured],
            instance=instance,
            run_config={"ops": {"configured": {"config": config}}},
        )
        found[name] = [said.split(":")[0], len(instance.get_runs()) - before]
    found["numpy bool"] = checked("numpy", lambda: dg.AssetCheckResult(passed=np.bool_(False)))
    found["numpy metadata"] = attempt(
        checked, "meta", lambda: dg.AssetCheckResult(passed=True, metadata={"n": np.int64(1)})
    )
    found["assert"] = checked("asserts", asserts)
    found["good"] = checked("good", lambda: dg.AssetCheckResult(passed=True))
    found["future"] = {name: refused(name, text) for name, text in FUTURE.items()}
    Path("kept").mkdir()
    found["example 13"] = kept("kept")
    found["example 14"] = month()
midnight = "2026-03-02T23:30:00+00:00"  # half past midnight in Paris
found["days"] = [
    days(midnight),
    days(midnight, timezone="Europe/Paris"),
    days(midnight, timezone="Europe/Paris", end_offset=1),
]
room.close()
Path("found.json").write_text(json.dumps(found, default=str))
