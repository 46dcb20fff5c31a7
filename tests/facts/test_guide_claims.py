"""What a usual workshop says of Prefect and what Prefect does: a release that changes it shows."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

pytest.importorskip("prefect")

# One process and one harness for all claims: each snippet is a workshop's, as it is usually shown.
CLAIMS = """
import datetime, json, sys, threading, time
from pathlib import Path

from dojo.engines.prefect import engine
from dojo.ground.run_folder import Room

room = Room()
room.furnish()
engine.isolate(room)
from prefect import flow, task
from prefect.cache_policies import INPUTS, TASK_SOURCE
from prefect.tasks import task_input_hash

HOUR = datetime.timedelta(hours=1)
found = {}


def names(made, times=3):
    return [made(7, return_state=True).name for _ in range(times)]


@task(cache_expiration=HOUR)
def only_expiration(value):
    return value


@task(persist_result=True)
def only_persisted(value):
    return value


@task(cache_key_fn=task_input_hash, cache_expiration=HOUR)
def with_key(value):
    return value


@task(cache_policy=TASK_SOURCE + INPUTS, cache_expiration=HOUR)
def with_policy(value):
    return value


def trained(count):
    together = threading.Barrier(count, timeout=TIMEOUT_S)

    @task
    def train(name):
        try:
            together.wait()
            return True
        except threading.BrokenBarrierError:
            return False

    return train


@flow
def compare(how):
    train = trained(3)
    if how == "calls":
        return [train(1), train(2), train(3)]
    if how == "resolved at once":
        return [train.submit(name).result() for name in (1, 2, 3)]
    return train.map([1, 2, 3]).result()


TIMEOUT_S = 0.05
with engine.harness(room, lambda _: None), engine.results_in(room.folder("results")):
    for made in (only_expiration, only_persisted, with_key, with_policy):
        found[made.name] = names(made)
    found["calls"] = compare("calls")
    found["resolved at once"] = compare("resolved at once")
    TIMEOUT_S = 10
    found["map"] = compare("map")
    if sys.version_info < (3, 13):
        from freezegun import freeze_time

        later = datetime.datetime.now(datetime.timezone.utc) + 2 * HOUR
        with freeze_time(later, tick=True):
            found["two hours later"] = names(with_key, 1)
Path(sys.argv[1]).write_text(json.dumps(found))
room.close()
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    file = tmp_path_factory.mktemp("claims") / "found.json"
    done = subprocess.run(
        [sys.executable, "-c", CLAIMS, str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(json.loads(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", ["only_expiration", "only_persisted"])
def test_neither_expiration_nor_persistence_alone_caches(found: dict[str, Any], name: str) -> None:
    assert found[name] == ["Completed", "Completed", "Completed"]


@pytest.mark.parametrize("name", ["with_key", "with_policy"])
def test_key_or_policy_caches_across_runs(found: dict[str, Any], name: str) -> None:
    assert found[name] == ["Completed", "Cached", "Cached"]


@pytest.mark.parametrize("how", ["calls", "resolved at once"])
def test_independent_tasks_do_not_overlap_by_themselves(found: dict[str, Any], how: str) -> None:
    assert found[how] == [False, False, False]


def test_mapped_tasks_overlap(found: dict[str, Any]) -> None:
    assert found["map"] == [True, True, True]


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="whenever is out of freezegun's reach")
def test_freezegun_expires_a_cached_result(found: dict[str, Any]) -> None:
    assert found["two hours later"] == ["Completed"]
