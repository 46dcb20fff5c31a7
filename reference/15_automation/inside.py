"""What the examination of 15_automation has run inside, in the submission's process."""

# No `from __future__ import annotations`: Dagster reads those of the ops in here.

import contextlib
import datetime
import importlib.util
import logging
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from dojo.inside.another import another_salt, machine_in
from dojo.inside.dagster import defined, during, recorded_instance, scheduled

_SHORTEST_KEY = 11  # of 64 bits, in base64
_ASSETS = ("customers", "features", "churn_model")


def ticks_after(solution: Any, folder: Path, moments: list[str], count: int) -> dict[str, Any]:
    """Return how the schedule is deployed, and its next ticks after some moments, in UTC."""
    from dagster._utils.schedules import schedule_execution_time_iterator

    del folder
    nightly, _ = scheduled(
        solution, "nightly", [solution.daily_scores], [solution.scoring, solution.import_export]
    )
    found = []
    for moment in moments:
        ticks = schedule_execution_time_iterator(
            datetime.datetime.fromisoformat(moment).timestamp(),
            nightly.cron_schedule,
            nightly.execution_timezone,
        )
        some = [next(ticks).astimezone(datetime.timezone.utc) for _ in range(count)]
        found.append([tick.strftime("%Y-%m-%dT%H:%M") for tick in some])
    return {
        "deployed as": nightly.default_status.value,
        "job": nightly.job_name,
        "ticks": found,
    }


def evaluate_nights(solution: Any, folder: Path, moments: list[str]) -> list[Any]:
    """Evaluate the ticks of some moments years later, far away; return what each asks for.

    Each is evaluated twice, the second time as in another process.
    """
    import dagster as dg

    nightly, repository = scheduled(
        solution, "nightly", [solution.daily_scores], [solution.scoring, solution.import_export]
    )
    now = datetime.datetime(2030, 1, 1, tzinfo=datetime.timezone.utc)
    found = []
    with contextlib.ExitStack() as stack:
        instance = stack.enter_context(recorded_instance(folder))
        clock = "dagster._time._mockable_get_current_"
        stack.enter_context(mock.patch(f"{clock}datetime", return_value=now))
        stack.enter_context(mock.patch(f"{clock}timestamp", now.timestamp))
        stack.enter_context(machine_in("America/Los_Angeles"))
        for again in (contextlib.nullcontext, another_salt):
            for moment in moments:
                context = dg.build_schedule_context(
                    instance, datetime.datetime.fromisoformat(moment), repository_def=repository
                )
                with again():
                    asked = nightly.evaluate_tick(context).run_requests or []
                found.append([_request(one) for one in asked])
    return found


def _request(one: Any) -> list[Any]:
    """Return the partition, the run key, and whether less is asked for than all that is there."""
    selected = {key.to_user_string() for key in one.asset_selection or []}
    is_less = one.stale_assets_only or not selected <= {"daily_scores"}
    return [one.partition_key, one.run_key, is_less]


def watch_inbox(solution: Any, folder: Path, script: list[list[Any]]) -> dict[str, Any]:
    """Play what happens around an inbox; return what each tick asked to import.

    Args:
        solution: The submission.
        folder: Where it may write.
        script: `arrive` name nanoseconds, `late` the same (when the next tick has read the inbox),
            `rename` name name, `remove` name, `tick`, `rehearse` (a tick of which nothing is kept),
            `lose` (the cursor), or `move` (to another process, in another time zone).

    Returns:
        How the sensor is deployed, and of each tick the runs that Dagster would make of its
        requests, run keys obeyed, the cursor, how many requests there were, whether it says why it
        skips, and the job; of a rehearsal all that it asks for.
    """
    (folder / "inbox").mkdir()
    sensor = defined(solution, "exports_arrived", "SensorDefinition")
    cursor, known, ticks = None, set(), []
    late: list[list[Any]] = []

    def arrive(name: str, at: int) -> None:
        path = folder / "inbox" / name
        path.write_text("customer_id\n", encoding="utf-8")
        os.utime(path, ns=(at, at))

    class BusyInbox(solution.Inbox):  # type: ignore[misc]
        def files(self) -> Any:
            found = super().files()
            while late:
                arrive(*late.pop())
            return found

    inbox = BusyInbox(folder=str(folder / "inbox"))
    with recorded_instance(folder) as instance, contextlib.ExitStack() as stack:
        stack.enter_context(machine_in("Europe/Paris"))
        for what, *told in script:
            if what == "arrive":
                arrive(*told)
            elif what == "late":
                late.append(told)
            elif what == "rename":
                (folder / "inbox" / told[0]).rename(folder / "inbox" / told[1])
            elif what == "remove":
                (folder / "inbox" / told[0]).unlink()
            elif what == "lose":
                cursor = None
            elif what == "move":
                stack.enter_context(machine_in("America/Los_Angeles"))
                stack.enter_context(another_salt())
            else:
                tick = _evaluate(sensor, instance, cursor, inbox)
                requests = tick.run_requests or []
                if what == "rehearse":
                    ticks.append([one.tags.get("export") for one in requests])
                    continue
                cursor = tick.cursor if tick.cursor is not None else cursor
                exports = []
                for one in requests:
                    if one.run_key is None or one.run_key not in known:
                        exports.append(one.tags.get("export"))
                    known.add(one.run_key)
                jobs = {one.job_name for one in requests} - {None}
                jobs |= {target.job_name for target in sensor.targets}
                says = bool(tick.skip_message)
                ticks.append([exports, cursor or "0", len(requests), says, sorted(jobs)])
    return {
        "deployed as": sensor.default_status.value,
        "ticks": ticks,
        "keys are long": _room(known) >= _SHORTEST_KEY,
    }


def _room(keys: set[Any]) -> int:
    """Return in how many characters run keys differ at most."""
    texts = sorted(map(str, keys)) or [""]
    alike = [one == other for one, other in zip(texts[0], texts[-1], strict=False)]
    return max(map(len, texts)) - [*alike, False].index(False)


def _evaluate(sensor: Any, instance: Any, cursor: Any, inbox: Any) -> Any:
    import dagster as dg

    context = dg.build_sensor_context(instance, cursor=cursor, resources={"inbox": inbox})
    return sensor.evaluate_tick(context)


def describe(solution: Any, folder: Path, settings: dict[str, Any]) -> dict[str, Any]:
    """Return what is made of what, what has an hour, and who else asks for runs."""
    import dagster as dg

    del folder
    made = solution.make_definitions(settings)
    graph = made.resolve_asset_graph()
    keys = sorted(graph.get_all_asset_keys())

    def hours(condition: Any) -> int:
        if condition is None:
            return 0
        return hasattr(condition, "cron_schedule") + sum(map(hours, condition.children))

    repository = made.get_repository_def()
    sensors = [
        one
        for one in repository.sensor_defs
        if not isinstance(one, dg.AutomationConditionSensorDefinition)
    ]
    return {
        "made of": {
            key.to_user_string(): sorted(one.to_user_string() for one in graph.get(key).parent_keys)
            for key in keys
        },
        "hours": sum(hours(graph.get(key).automation_condition) for key in keys),
        "others": len(sensors) + len(repository.schedule_defs),
    }


def deploy(solution: Any, folder: Path, script: list[list[Any]]) -> list[list[str]]:
    """Play deployments; return what the automation asks for, whenever it is asked.

    Args:
        solution: The submission.
        folder: Where it may write.
        script: `make` settings names (none: all), `ask` settings, `quiet` settings (the same, but
            not returned), `later` settings (in 31 days), `meanwhile` settings settings (make what
            is stale with the first, and deploy the second as features are being made; and ask once
            more), `move` (to another process, of another checkout), `fail` name (have a run fail
            that was to make it), or `wipe` (the record of customers).
    """
    import dagster as dg

    found: list[list[str]] = []
    cursor = None

    def ask(settings: dict[str, Any], at: Any = None) -> list[str]:
        nonlocal cursor
        made = solution.make_definitions(settings)
        seen = dg.evaluate_automation_conditions(made, instance, cursor=cursor, evaluation_time=at)
        cursor = seen.cursor
        return [one for one in _ASSETS if seen.get_num_requested(dg.AssetKey(one))]

    def make(settings: dict[str, Any], names: list[str]) -> None:
        assets = solution.make_definitions(settings).assets
        dg.materialize(assets, instance=instance, selection=names or None)

    def meanwhile(settings: dict[str, Any], others: dict[str, Any]) -> list[str]:
        asked: list[str] = []
        with during(instance, "features", lambda: asked.extend(ask(others))):
            make(settings, ["features", "churn_model"])
        asked += ask(others)
        return ["features"] if "features" in asked else []

    with recorded_instance(folder) as instance, contextlib.ExitStack() as stack:
        for what, *told in script:
            if what == "make":
                make(told[0], told[1:])
            elif what == "meanwhile":
                found.append(meanwhile(*told))
            elif what == "move":
                stack.enter_context(another_salt())
                solution = _checked_out_again(solution, folder)
            elif what == "fail":
                _fail(told[0], instance)
            elif what == "wipe":
                instance.wipe_assets([dg.AssetKey("customers")])
            elif what == "later":
                now = datetime.datetime.now(datetime.timezone.utc)
                found.append(ask(told[0], now + datetime.timedelta(days=31)))
            else:
                asked = ask(told[0])
                found += [asked] if what == "ask" else []
    return found


def _checked_out_again(solution: Any, folder: Path) -> Any:
    """Load a copy of the submission from another folder, with another time of modification."""
    copy = folder / "checkout" / solution._path.name
    copy.parent.mkdir()
    shutil.copyfile(solution._path, copy)
    os.utime(copy, (1_800_000_000, 1_800_000_000))
    spec = importlib.util.spec_from_file_location("submission_elsewhere", copy)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _fail(name: str, instance: Any) -> None:
    """Have a run fail that was to make an asset."""
    import dagster as dg

    @dg.asset(name=name)
    def broken() -> None:
        raise MemoryError("these settings need more")

    dg.materialize([broken], instance=instance, raise_on_error=False)


class _Night:
    """Runs of some jobs, and the ticks of the sensor which hears of those that failed."""

    def __init__(self, solution: Any, folder: Path, instance: Any) -> None:
        self._solution, self.instance = solution, instance
        self._path = folder / "chat.txt"
        self.chat = solution.Chat(path=str(self._path))
        self._cursor: str | None = None
        self.sensor = defined(solution, "alert_on_failure", "RunStatusSensorDefinition")
        self.log: list[str] = []

    def tick(self) -> list[Any]:
        """Evaluate until nothing is left to tell; return how many lines came, and if it failed."""
        import dagster as dg

        before, is_error, self.log = self._count(), False, []
        handler = logging.Handler()
        handler.emit = lambda record: self.log.append(record.getMessage())  # type: ignore[method-assign]
        for _ in range(9):
            context = dg.build_sensor_context(
                self.instance, cursor=self._cursor, resources={"chat": self.chat}
            )
            context.log.addHandler(handler)
            try:
                found = self.sensor.evaluate_tick(context)
            except NotImplementedError:
                raise
            except Exception:  # of a sensor that yields; Dagster keeps that of others
                is_error = True
                break
            is_error |= any(one.error for one in found.dagster_run_reactions or [])
            if found.cursor in (None, self._cursor):
                break
            self._cursor = found.cursor
        return [self._count() - before, is_error]

    def _count(self) -> int:
        if not self._path.exists():
            return 0
        return len(self._path.read_text(encoding="utf-8").splitlines())

    def run(self, job: Any, **tags: str) -> str:
        """Run a job; return the run's id."""
        done = job.execute_in_process(instance=self.instance, tags=tags, raise_on_error=False)
        return str(done.run_id)

    def end(self, job_name: str, report: str, text: str) -> str:
        """Have a run of one of the submission's jobs end outside of its steps; return its id."""
        import dagster as dg

        jobs = [self._solution.scoring, self._solution.import_export]
        defs = dg.Definitions([self._solution.daily_scores], jobs=jobs)
        run = self.instance.create_run_for_job(defs.resolve_job_def(job_name))
        getattr(self.instance, report)(run, text)
        return str(run.run_id)

    def evict(self) -> str:
        """Have the machine of an import's step be taken away: Dagster has no error of the step."""
        from dagster._core import events

        failure: Any = vars(events)["StepFailureData"]
        run = self.instance.create_run_for_job(self._solution.import_export)
        event = events.DagsterEvent(
            event_type_value="STEP_FAILURE",
            job_name=run.job_name,
            step_key="import_customers",
            event_specific_data=failure(error=None, user_failure_data=None),
        )
        self.instance.report_dagster_event(event, run.run_id)
        self.instance.report_run_failed(run)
        return str(run.run_id)


def _job_of(
    name: str, steps: dict[str, str], why: dict[str, str], alike: Sequence[str] = ()
) -> Any:
    """Make a job in which steps fail, each in its way, and one comes through at its second try.

    Others, `alike`, all fail in the same way.
    """
    import dagster as dg

    tries: list[int] = []

    @dg.op(name=steps["plain"])
    def plain() -> int:
        try:
            raise KeyError("customers")
        except KeyError:
            # What was handled meanwhile is no cause.
            raise dg.Failure(why["plain"])  # noqa: B904

    @dg.op(name=steps["deep"], retry_policy=dg.RetryPolicy(max_retries=1))
    def deep() -> None:
        try:
            try:
                raise PermissionError(why["deep"])
            except PermissionError as error:
                raise RuntimeError("cannot load") from error
        except RuntimeError as error:
            raise ValueError("no customers") from error

    @dg.op(name=steps["busy"], retry_policy=dg.RetryPolicy(max_retries=1))
    def busy() -> None:
        tries.append(1)
        if len(tries) % 2:
            raise TimeoutError("busy")

    @dg.op(name=steps["never"])
    def never(given: int) -> None: ...

    @dg.graph(name=steps["graph"])
    def graph() -> None:
        deep.alias(steps["inner"])()

    def failing(step: str) -> Any:
        @dg.op(name=step)
        def region() -> None:
            raise RuntimeError(f"no rows of {step}")

        return region

    regions = [failing(one) for one in alike]

    @dg.job(name=name)
    def job() -> None:
        for one in regions:
            one()
        never(plain())
        deep()
        graph()
        busy()

    return job


def fail(
    solution: Any,
    folder: Path,
    name: str,
    steps: dict[str, str],
    why: dict[str, str],
    alike: list[str],
) -> dict[str, Any]:
    """Have runs end in all ways, and the sensor hear of them; then with a dead chat; then again.

    Args:
        solution: The submission.
        folder: Where it may write; gets `chat.txt`.
        name: Of a job in which steps fail.
        steps: The names of its steps.
        why: What the errors of two of them say.
        alike: Further steps, which fail in the first run, all for the same reason.

    Returns:
        How the alert is deployed; the runs' ids; of each tick how many lines the chat got, and
        whether the sensor failed; how often the dead chat was called, and whether the log says so.
    """
    calls: list[str] = []

    class DeadChat(solution.Chat):  # type: ignore[misc]
        def send(self, text: str) -> None:
            calls.append(text)
            raise LookupError("the webhook was revoked")

    ticks, ids = [], []
    retried = {"dagster/max_retries": "1", "dagster/will_retry": "true"}
    retry = {"dagster/max_retries": "1", "dagster/retry_number": "1"}
    with recorded_instance(folder) as instance:
        night = _Night(solution, folder, instance)
        imports = solution.import_export
        night.tick()  # what has failed before is not its affair
        job = _job_of(name, steps, why)
        ids.append(night.run(_job_of(name, steps, why, alike)))
        ticks.append(night.tick())
        night.run(imports, export="monday.csv")
        night.end("import_export", "report_run_canceled", "somebody has stopped it")
        ids.append(night.end("scoring", "report_run_failed", "the machine is gone"))
        ids += [night.run(imports, **retried), night.run(imports, **retry), night.run(job)]
        ticks += [night.tick(), night.tick()]
        ids.append(night.run(job))
        ticks.append(night.tick())
        healthy = [line.replace(ids[-1], "") for line in night.log]
        chat, night.chat = night.chat, DeadChat(path="nowhere")
        lost = night.run(job)  # for reasons that are no format
        ticks.append(night.tick())
        noted = [line.replace(lost, "") for line in night.log]
        night.chat = chat
        ids.append(night.run(imports))
        ticks.append(night.tick())
        ids.append(night.evict())
        ticks.append(night.tick())
    return {
        "deployed as": night.sensor.default_status.value,
        "ids": ids,
        "ticks": ticks,
        "dead": [len(calls), bool(set(noted) - set(healthy))],
    }
