"""Have the runs of a night made by Prefect's engine, killed where they are to be, and read back."""

from __future__ import annotations

import contextlib
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from dojo.engines.prefect import engine
from dojo.ground.run_folder import Room
from nights.families import run
from nights.night import Night
from nights.pipeline import NAMES, PLAN, Api, make_flow


class Recorder:
    """Has the runs of nights made, and reads them back."""

    def __init__(self, read_runs: Callable[[list[str]], list[dict[str, Any]]]) -> None:
        """Start the API.

        Args:
            read_runs: Reads flow runs as the reference of kata 17 does.
        """
        self.api = Api()
        self._read = read_runs

    def record(self, family: str, planned: dict[str, Any], rng: random.Random) -> dict[str, Any]:
        """Have the runs of a night made; return what is kept of it."""
        names = {key: rng.choice(known) for key, known in NAMES.items()}
        nightly = make_flow(names)
        date = planned.get("date", "2026-03-12")
        night = Night(family, date, names, planned)
        before = {"answers": [{"status": 200, "version": "v1"}], **planned.get("before", {})}
        runs = [{**run(), **before, "offset": -1, "first": None}, *planned["runs"]]
        waiting: list[threading.Thread] = []
        for number, plan in enumerate(runs):
            made = night.begin(number, plan, self.api)
            if plan.get("hangs"):
                self._have_killed(made, planned)
            else:
                thread = threading.Thread(target=_make, args=(nightly, made))
                thread.start()
                waiting.append(thread)
                if plan.get("with_next"):
                    time.sleep(0.3)
                    continue
            for thread in waiting:
                thread.join()
            waiting = []
            made["ended"] = made.get("ended") or time.time()
            if plan.get("crashed"):
                _set_crashed(made["id"])
        rows = self._settled([made["id"] for made in night.made])
        for made in night.made:
            if made.get("process"):
                made["ended"] = time.time()
                made.pop("process").kill()
        return night.kept(rows, self.api.requests, rng)

    def _have_killed(self, made: dict[str, Any], planned: dict[str, Any]) -> None:
        """Have a process of its own make a run, and kill it where it hangs."""
        from prefect.settings import PREFECT_API_URL

        told = {**made, "names": made["names"]}
        environment = {
            **os.environ,
            "PREFECT_API_URL": str(PREFECT_API_URL.value()),
            "PYTHONPATH": os.pathsep.join((str(Path(__file__).parents[1]), *sys.path)),
        }
        words = ["-W", "ignore", "-m", "nights.recording", json.dumps(told)]
        process = subprocess.Popen([sys.executable, *words], env=environment)
        while not Path(made["plan"]["mark"]).exists():
            if process.poll() is not None:
                raise RuntimeError("the run that was to be killed has ended")
            time.sleep(0.05)
        made["id"] = Path(made["plan"]["mark"] + ".id").read_text()
        if planned.get("is_alive"):
            made["process"] = process
            return
        if made["plan"].get("is_told"):
            process.terminate()
        else:
            process.kill()
        process.wait()
        made["ended"] = time.time()

    def _settled(self, flow_run_ids: list[str]) -> list[dict[str, Any]]:
        """Read runs when all that the engine told has reached the server."""
        seen: list[Any] = []
        for _ in range(60):
            time.sleep(0.4)
            seen.append(self._read(flow_run_ids))
            if seen[-3:].count(seen[-1]) == 3:
                break
        return list(seen[-1])


def _make(nightly: Any, made: dict[str, Any]) -> None:
    """Make a run in this thread."""
    from prefect.client.orchestration import get_client
    from prefect.flow_engine import run_flow
    from prefect.states import Scheduled
    from prefect.utilities.engine import capture_sigterm

    PLAN.set(made["plan"])
    with get_client(sync_client=True) as client:
        flow_run = client.create_flow_run(
            nightly, parameters=made["parameters"], state=Scheduled(), name=made["name"]
        )
        made["id"] = str(flow_run.id)
        if made["plan"].get("hangs"):
            Path(made["plan"]["mark"] + ".id").write_text(made["id"])
        # A process of Prefect's own worker is started so: it is told of its end by SIGTERM.
        told = capture_sigterm() if made["plan"].get("hangs") else contextlib.nullcontext()
        with contextlib.suppress(Exception), told:
            run_flow(nightly, flow_run=flow_run, parameters=made["parameters"])


def _set_crashed(flow_run_id: str) -> None:
    """Do what the automation of Prefect's page on zombie flows does."""
    from uuid import UUID

    from prefect.client.orchestration import get_client
    from prefect.states import Crashed

    state: Any = Crashed(message="Flow run marked as crashed due to missing heartbeats.")
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(UUID(flow_run_id), state, force=True)


@contextlib.contextmanager
def prefect() -> Iterator[None]:
    """Start Prefect's own harness, with all of the engine's events, on a migrated database."""
    room = Room()
    room.furnish()
    engine.isolate(room)
    os.environ["PREFECT_LOGGING_LEVEL"] = "CRITICAL"
    os.environ["PREFECT_RESULTS_LOCAL_STORAGE_PATH"] = str(room.folder("results"))
    from prefect.testing.utilities import prefect_test_harness

    with engine.quick_start(room, print), prefect_test_harness(server_startup_timeout=300):
        yield


if __name__ == "__main__":
    one = json.loads(sys.argv[1])
    _make(make_flow(one["names"]), one)
