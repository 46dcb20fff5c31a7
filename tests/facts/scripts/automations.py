"""Let Dagster decide what to run, as kata 15 tells of it: see test_automation_facts.py."""

# ruff: noqa: E402  Dagster is imported where it finds its settings.

import datetime
import json
import logging
from pathlib import Path
from zoneinfo import ZoneInfo

from dojo.engines.dagster import engine
from dojo.ground.run_folder import Room

room = Room()
room.furnish()
engine.isolate(room)
logging.disable(logging.CRITICAL)
import dagster as dg
from dagster._utils.schedules import schedule_execution_time_iterator

found = {}
UTC, PARIS = datetime.timezone.utc, ZoneInfo("Europe/Paris")
NEW = dg.AutomationCondition.code_version_changed()
EAGER = dg.AutomationCondition.eager()


class Deployed:
    """Three assets, of which a condition is asked."""

    def __init__(self, instance, condition, version="a"):
        self.instance, self.condition, self.cursor = instance, condition, None
        self.deploy(version)

    def deploy(self, version):
        @dg.asset
        def customers(): ...

        @dg.asset(deps=[customers], code_version=version, automation_condition=self.condition)
        def features():
            if version == "broken":
                raise ValueError

        self.assets = [customers, features]
        self.definitions = dg.Definitions(assets=self.assets)

    def wants(self):
        asked = dg.evaluate_automation_conditions(
            self.definitions, self.instance, cursor=self.cursor
        )
        self.cursor = asked.cursor
        return asked.total_requested

    def make(self, *numbers):
        chosen = [self.assets[number] for number in numbers]
        dg.materialize(self.assets, selection=chosen, instance=self.instance, raise_on_error=False)


def conditions(instance):
    """Return what conditions ask for, evaluation by evaluation."""
    seen = {}
    first = Deployed(instance, EAGER)
    seen["eager, first, all missing"] = first.wants()
    first.make(0, 1)
    first.wants()
    first.make(0)
    seen["eager, upstream made"] = first.wants()
    first.make(1)
    first.deploy("b")
    seen["eager, new version"] = first.wants()

    both = Deployed(instance, EAGER | NEW)
    both.make(0, 1)
    seen["both, first"] = both.wants()
    both.deploy("broken")
    seen["both, new version"] = both.wants()
    both.make(1)
    seen["both, its run has failed"] = [both.wants(), both.wants()]
    both.deploy("a")
    seen["both, old version again"] = both.wants()

    late = Deployed(instance, EAGER | NEW)
    late.make(0, 1)
    late.deploy("b")
    seen["both, first with another version"] = late.wants()
    return seen


def first_starts(schedule, *day):
    """Return when a schedule starts in the night of a day, on the clock in Paris."""
    midnight = datetime.datetime(*day, tzinfo=PARIS)
    zone = schedule.execution_timezone
    ticks = schedule_execution_time_iterator(midnight.timestamp(), schedule.cron_schedule, zone)
    starts = [next(ticks).astimezone(PARIS) for _ in range(2)]
    return [f"{one:%d %H:%M %z}" for one in starts if one.day == day[2]]


@dg.op
def fails():
    try:
        raise ConnectionError("no such table: customers")
    except ConnectionError as error:
        raise ValueError("bad import") from error


@dg.job
def importing():
    fails()


@dg.run_failure_sensor
def tell(context: dg.RunFailureSensorContext):
    (event,) = context.get_step_failure_events()
    error, errors = event.event_specific_data.error, []
    while error is not None:
        errors.append(error.cls_name)
        error = error.cause
    told.append([context.dagster_run.job_name, context.failure_event.message, errors])


def tick(sensor, instance, cursor):
    with dg.build_sensor_context(instance, cursor=cursor) as context:
        asked = sensor.evaluate_tick(context)
    return [[one.run_key for one in asked.run_requests], asked.skip_message, asked.cursor]


told = []
with engine.new_instance(room.path / "conditions") as instance:
    found["conditions"] = conditions(instance)
with engine.new_instance(room.path / "instance") as instance:
    failed = importing.execute_in_process(instance=instance, raise_on_error=False)
    event = next(one for one in failed.all_events if one.event_type_value == "PIPELINE_FAILURE")
    with dg.build_run_status_sensor_context(
        sensor_name="tell",
        dagster_event=event,
        dagster_instance=instance,
        dagster_run=failed.dagster_run,
    ) as context:
        tell(context.for_run_failure())
    found["told"] = told

    import example_15 as example

    example.read_counter = lambda: 7
    found["example sensor"] = [tick(example.meter_number, instance, one) for one in (None, "7")]
    moment = datetime.datetime(2026, 3, 1, 5, tzinfo=UTC)
    with dg.build_schedule_context(instance, scheduled_execution_time=moment) as context:
        asked = example.monthly.evaluate_tick(context)
        found["zone of the moment"] = str(context.scheduled_execution_time.utcoffset())
    found["example schedule"] = [one.run_key for one in asked.run_requests]

job = example.billing
sensors = dg.Definitions(assets=[example.readings, example.report]).get_repository_def().sensor_defs
found["deployed as"] = {
    "schedule": example.monthly.default_status.value,
    "sensor": example.meter_number.default_status.value,
    "failure sensor": tell.default_status.value,
    **{one.name: one.default_status.value for one in sensors},
}
half_past_two = dg.ScheduleDefinition(
    job=job, cron_schedule="30 2 * * *", execution_timezone="Europe/Paris"
)
found["half past two"] = [
    first_starts(half_past_two, 2026, 3, 29),
    first_starts(half_past_two, 2026, 10, 25),
]
nightly = dg.ScheduleDefinition(job=job, cron_schedule="0 3 * * *")
found["without a zone"] = first_starts(nightly, 2026, 1, 10)
day = datetime.timedelta(days=1)
found["a day before"] = [
    [str((moment.astimezone(UTC) - day).astimezone(PARIS).date()), str(moment.date() - day)]
    for hour in (3, 23)
    for moment in [datetime.datetime(2026, 10, 25, hour, 30, tzinfo=PARIS)]
]
room.close()
Path("found.json").write_text(json.dumps(found))
