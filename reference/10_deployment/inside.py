"""What the examination of 10_deployment has run inside.

All get the submission but `starts_of`, which has a process without it.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated, Any

from dojo.inside.deployments import starts_of, told_of

__all__ = ["ask", "check", "describe", "serve", "starts_of"]


class _Serving(Exception):
    """The process would now run for weeks."""


def describe(subject: Any, _: Path, name: str, path: str, more: dict[str, Any]) -> Any:
    """Tell what a deployment says."""
    return told_of(getattr(subject, name)(path, **more))


def ask(
    subject: Any, _: Path, schedules: list[dict[str, Any]], after: str, count: int
) -> list[str] | str:
    """Ask for the next runs of a deployment with such schedules; return them as people do."""
    from prefect import flow
    from prefect import schedules as kinds

    @flow
    def count_calls() -> None: ...

    made = []
    for one in schedules:
        more = {key: value for key, value in one.items() if key not in ("kind", "when")}
        when = one["when"]
        if one["kind"] == "Interval":
            when = datetime.timedelta(minutes=when)
            more["anchor_date"] = datetime.datetime.fromisoformat(more["anchor_date"])
        made.append(getattr(kinds, one["kind"])(when, **more))
    deployment = count_calls.to_deployment("drawn", schedules=made)
    found = subject.next_runs(deployment, datetime.datetime.fromisoformat(after), count)
    if not isinstance(found, list) or not all(isinstance(one, datetime.datetime) for one in found):
        return f"no list of datetimes: {found!r}"[:200]
    return [f"{one:%Y-%m-%d %H:%M %z}" for one in found]


def check(
    subject: Any, _: Path, names: list[str], limits: list[int], parameters: dict[str, Any]
) -> bool:
    """Check parameters for a flow made of drawn names; say whether they are as they were."""
    from prefect import flow
    from pydantic import Field

    text, number, some = names
    low, high = limits
    source = (
        f"def retrain({text}: str, {number}: Annotated[int, Field(ge={low}, le={high})] = {low},"
        f" {some}: list[str] | None = None) -> None:\n"
        "    raise AssertionError('a check must not run the flow')\n"
    )
    made: dict[str, Any] = {"Annotated": Annotated, "Field": Field}
    exec(compile(source, "<drawn>", "exec", dont_inherit=True), made)  # the scenario's own text
    before = dict(parameters)
    subject.check_parameters(flow(made["retrain"]), parameters)
    return parameters == before


def serve(subject: Any, _: Path, path: str, more: dict[str, Any]) -> str:
    """Serve up to the moment when the waiting for work begins."""
    from prefect.runner import Runner

    async def start(*_: Any, **__: Any) -> None:
        raise _Serving

    Runner.start = start  # type: ignore[method-assign]
    try:
        subject.serve_pipelines(path, **more)
    except _Serving:
        return "waits for work"
    return "came back"
