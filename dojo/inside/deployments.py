"""Tell what a deployment says, and when it would start a run, for the `inside.py` of katas.

`told_of` is for the submission's process, `starts_of` for one without it, where Prefect's scheduler
is asked.
"""

from __future__ import annotations

import asyncio
import datetime
from pathlib import Path
from typing import Any


def told_of(deployment: Any) -> Any:
    """Return what a deployment says as plain values; of anything else its type."""
    from prefect.deployments.runner import RunnerDeployment

    if not isinstance(deployment, RunnerDeployment):
        return type(deployment).__name__
    parameters = dict(deployment.parameters)
    for one in deployment.schedules or []:
        parameters.update(one.parameters or {})  # a schedule's own come first
    options = deployment.concurrency_options
    strategy = getattr(options, "collision_strategy", None)
    return {
        "name": deployment.name,
        "flow": deployment.flow_name,
        "tags": sorted(deployment.tags),
        "parameters": parameters,
        "limit": deployment.concurrency_limit,
        "one too many": str(getattr(strategy, "value", strategy) or "ENQUEUE"),
        "schedules": [
            {"kind": type(one.schedule).__name__, "fields": one.schedule.model_dump(mode="json")}
            for one in deployment.schedules or []
            if one.active and one.schedule and not deployment.paused
        ],
    }


def starts_of(_: Path, schedules: list[dict[str, Any]], spans: list[list[str]]) -> list[list[str]]:
    """Ask Prefect's scheduler for all starts within some spans of time.

    Args:
        schedules: As `told_of` tells them.
        spans: Aware datetimes in ISO format: the first and the last moment of each.

    Returns:
        A list a span: the starts in UTC, in ISO format, the earliest first. Two schedules that are
        due at one moment start two runs.
    """
    from prefect.server.schemas import schedules as servers

    found = []
    for first, last in spans:
        starts = []
        for one in schedules:
            schedule = getattr(servers, one["kind"])(**one["fields"])
            span = {
                "start": datetime.datetime.fromisoformat(first),
                "end": datetime.datetime.fromisoformat(last),
            }
            for start in asyncio.run(schedule.get_dates(**span)):
                starts.append(start.astimezone(datetime.timezone.utc).isoformat())
        found.append(sorted(starts))
    return found
