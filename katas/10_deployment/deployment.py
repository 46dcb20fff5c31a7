"""Deploy two pipelines: training by the clock on the wall, inference by the hours that pass.

Everything but the last function works without a server. All are called where no event loop runs.
The two flows at the top are given: leave them as they are.
"""

import csv
import datetime
from typing import Annotated, Any

from prefect import Flow, flow
from prefect.deployments.runner import RunnerDeployment
from pydantic import Field


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
    # TODO(kata): task 1.
    raise NotImplementedError


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
    # TODO(kata): task 2.
    raise NotImplementedError


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
    # TODO(kata): task 3.
    raise NotImplementedError


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
    # TODO(kata): task 4.
    raise NotImplementedError


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
    # TODO(kata): task 5.
    raise NotImplementedError
