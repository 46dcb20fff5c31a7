"""Deploy two pipelines: training by the clock on the wall, inference by the hours that pass.

Everything but the last function works without a server. All are called where no event loop runs.
The two flows at the top are given: they stand for the pipelines of kata 09.
"""

import asyncio
import csv
import datetime
import logging
import os
import sys
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from prefect import Flow, flow, serve
from prefect.client.schemas.objects import ConcurrencyLimitConfig
from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule, RRuleSchedule
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from pydantic import Field

PARIS = ZoneInfo("Europe/Paris")


@flow(log_prints=True)
def train_churn_model(
    path: str,
    n_estimators: Annotated[int, Field(ge=1, le=1000)] = 100,
    experiment_name: str = "default",
) -> str:
    """Stand for the training (given)."""
    with open(path, newline="") as file:
        count = len(list(csv.DictReader(file)))
    print(f"{experiment_name}: {n_estimators} trees for {count} customers")
    return f"{experiment_name}-{count}x{n_estimators}"


@flow(log_prints=True)
def score_customers(path: str, alias: str = "champion") -> int:
    """Stand for the inference (given)."""
    with open(path, newline="") as file:
        count = len(list(csv.DictReader(file)))
    print(f"{count} customers scored by the {alias}")
    return count


def training_deployment(path: str, **parameters: Any) -> RunnerDeployment:
    """Describe the nightly training: once a night, at 03:30 on a clock in Paris, all year.

    The deployment is called `nightly`, belongs to `train_churn_model`, has the tags `churn` and
    `training`, and is not paused. At most one of its runs is active; one that comes too early
    waits. Nothing is registered: no server is asked.

    Args:
        path: The customers to train on.
        parameters: Other parameters of the flow. Where they are not given the deployment says
            `n_estimators=300`, `experiment_name="nightly"`.

    Returns:
        The deployment, a new one each time; its parameters are `path`, as given, and the others.

    Raises:
        ValueError: (Task 4.) As in `check_parameters`, for `path` and `parameters` together.
    """
    asked = {"path": path, "n_estimators": 300, "experiment_name": "nightly", **parameters}
    check_parameters(train_churn_model, asked)
    return train_churn_model.to_deployment(
        "nightly",
        schedule=Cron("30 3 * * *", timezone="Europe/Paris"),
        parameters=asked,
        tags=["churn", "training"],
        concurrency_limit=1,
    )


def inference_deployment(path: str) -> RunnerDeployment:
    """Describe the hourly inference: on the hour, at every hour that passes, all year.

    Two runs in a row are always 60 minutes apart. The deployment is called `hourly`, belongs to
    `score_customers`, has the tags `churn` and `inference`, and is not paused. At most one of its
    runs is active; one that comes too early is cancelled. Nothing is registered: no server is
    asked.

    Args:
        path: The customers to score.

    Returns:
        The deployment, a new one each time; its parameters are `path`, as given, and
        `alias="champion"`.
    """
    return score_customers.to_deployment(
        "hourly",
        schedule=Cron("0 * * * *", timezone="UTC"),
        parameters={"path": path, "alias": "champion"},
        tags=["churn", "inference"],
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy="CANCEL_NEW"),
    )


def _starts_of(
    schedule: CronSchedule | IntervalSchedule | RRuleSchedule,
    after: datetime.datetime,
    count: int,
) -> list[datetime.datetime]:
    """Ask what the server's scheduler would ask: the first starts from `after` on."""
    from prefect.server.schemas import schedules as servers  # 2 s: only who asks for dates pays

    known = {
        CronSchedule: servers.CronSchedule,
        IntervalSchedule: servers.IntervalSchedule,
        RRuleSchedule: servers.RRuleSchedule,
    }
    twin = known[type(schedule)](**schedule.model_dump())
    return asyncio.run(twin.get_dates(count, start=after))


def next_runs(
    deployment: RunnerDeployment, after: datetime.datetime, count: int
) -> list[datetime.datetime]:
    """Tell when a deployment will run next, as Prefect would schedule it, without a server.

    Args:
        deployment: Any that `to_deployment` describes, paused or not. It has none, one or several
            schedules, of any kind (cron, interval, rrule). One that is not active starts nothing.
        after: An aware datetime. A start at this very moment does not count.
        count: How many starts to find, from 1 to 100.

    Returns:
        The first `count` starts of all schedules together, the earliest first, as aware datetimes
        in the zone Europe/Paris. Two schedules due at the same moment are two starts. Fewer where
        there are no more, empty if nothing is scheduled.
    """
    instant = after.astimezone(datetime.timezone.utc)
    starts = [
        start.astimezone(datetime.timezone.utc)
        for one in deployment.schedules or []
        if one.active
        for start in _starts_of(one.schedule, instant, count + 1)
    ]
    # In UTC until the end: within one zone Python compares the clock on the wall.
    later = sorted(start for start in starts if start > instant)
    return [start.astimezone(PARIS) for start in later[:count]]


def check_parameters(pipeline: Flow, parameters: dict[str, Any]) -> None:
    """Refuse what a flow could not run with, without a run and without a server.

    Args:
        pipeline: The flow, without `*args` and `**kwargs`. Limits and checks of its own are in
            `Annotated`.
        parameters: What each run would be called with, without blocks (`$ref`). As you like: text
            that stands for something else ("300", "2026-03-29"), True for a number.

    Raises:
        ValueError: A name is not one of the flow's parameters, a parameter without a default is
            missing, or a value is not what the flow's annotations ask for. Annotations may be text
            (`from __future__ import annotations`) of names that its module has, and then have text
            within (`list["Depth"]`). The error names the parameter, of several wrong ones at least
            one. An error of your own will do as well.
    """
    try:
        pipeline.validate_parameters(parameters)
    except Exception as error:
        raise ValueError(f"{pipeline.name} cannot run with {parameters}: {error}") from error


def serve_pipelines(path: str, **parameters: Any) -> None:
    """Register both deployments with the server, and run what it schedules until interrupted.

    A training and an inference may run at the same time. Each run is a process of its own, which
    finds the flow also if this file is run as a script. What a later call registers, with other
    parameters, takes the place of what was there, under the same id. A call that is refused leaves
    what was there registered.

    Args:
        path: The customers, for both.
        parameters: As in `training_deployment`.

    Raises:
        ValueError: As in `training_deployment`, before the server is asked for anything.
        Exception: The server refuses one of them, or does not answer: its error. Nothing runs.
    """
    serve(training_deployment(path, **parameters), inference_deployment(path))


def _demo(path: str) -> None:
    """Print the runs around both clock changes, and two refusals; no server is asked."""
    for year, month, day in ((2026, 3, 29), (2026, 10, 25), (2027, 3, 28), (2027, 10, 31)):
        midnight = datetime.datetime(year, month, day, tzinfo=PARIS)
        print(f"\n{midnight:%A %d %B %Y}: the clocks change")
        eve = midnight - datetime.timedelta(days=1)
        for start in next_runs(training_deployment(path), eve, 3):
            print(f"  nightly  {start:%a %d %b %H:%M %z}")
        for start in next_runs(inference_deployment(path), midnight, 4):
            print(f"  hourly   {start:%a %d %b %H:%M %z}")
    print("\nRefused before any server sees them:")
    for wrong in ({"n_estimator": 500}, {"n_estimators": 0}):
        try:
            training_deployment(path, **wrong)
        except ValueError as error:
            print(f"  {wrong}: {' '.join(str(error.__cause__).split())}")


if __name__ == "__main__":
    customers = str(Path(__file__).resolve().parents[1] / "data" / "customers.csv")
    if sys.argv[1:] == ["serve"]:
        # No proxy leads to a server on this machine.
        known = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
        os.environ["no_proxy"] = f"{known},127.0.0.1,localhost"
        serve_pipelines(customers)
    else:
        logging.disable(logging.CRITICAL)
        _demo(customers)
        print(f"\nWith a server: python {Path(__file__).name} serve")
