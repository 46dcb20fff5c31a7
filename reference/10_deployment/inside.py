"""What the examination of 10_deployment has run inside.

All get the submission but `starts_of_each`, which has a process without it.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import re
import sys
import time
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

from dojo.inside.deployments import starts_of, told_of

_STARTS = re.compile(r"^POST .*/(automations|create_flow_run|flow_runs)/?$")

__all__ = ["ask", "check", "describe", "serve", "starts_of_each"]


def starts_of_each(
    folder: Path, all_schedules: list[list[dict[str, Any]]], spans: list[list[str]]
) -> list[list[list[str]]]:
    """Ask Prefect's scheduler for the starts of one deployment after another."""
    return [starts_of(folder, schedules, spans) for schedules in all_schedules]


@contextlib.contextmanager
def _in_kathmandu() -> Iterator[None]:
    """Sit where no hour begins when one does in UTC."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Asia/Kathmandu"
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ")
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()


def _said_of(error: Exception) -> dict[str, Any]:
    """Tell of a refusal; what is not written yet refuses nothing."""
    if isinstance(error, NotImplementedError):
        raise error
    return {"refused": str(error)[:1000]}


def describe(subject: Any, _: Path, calls: list[tuple[str, Any, dict[str, Any]]]) -> dict[str, Any]:
    """Have one deployment described after another, by callers who spoil what they are given."""
    from dojo.world.serving import requests_noted

    found: list[Any] = []
    with _in_kathmandu(), requests_noted() as asked:
        for name, path, more in calls:
            try:
                one = getattr(subject, name)(path, **more)
            except Exception as error:
                found.append(_said_of(error))
                continue
            found.append(told_of(one))
            if isinstance(found[-1], dict):
                found[-1]["triggers"] = len(one.triggers)
                one.paused, one.concurrency_limit = True, None
                one.tags.append("dry-run")
                one.parameters.clear()
                one.schedules.clear()
    return {"told": found, "asked": sorted(set(asked))}


def _made(drawn: list[dict[str, Any]], paused: bool) -> Any:
    """Make a deployment with such schedules."""
    from prefect import flow
    from prefect import schedules as kinds

    @flow
    def count_calls() -> None: ...

    made = []
    for one in drawn:
        more = {key: value for key, value in one.items() if key not in ("kind", "when")}
        when = one["when"]
        if one["kind"] == "Interval":
            when = datetime.timedelta(seconds=when)
            more["anchor_date"] = datetime.datetime.fromisoformat(more["anchor_date"])
        made.append(getattr(kinds, one["kind"])(when, **more))
    return count_calls.to_deployment("drawn", schedules=made, paused=paused)


def _written(found: Any) -> Any:
    """Write starts as people do, each with its zone: a distance to UTC is none."""
    if not isinstance(found, list) or not all(isinstance(one, datetime.datetime) for one in found):
        return f"no list of datetimes: {found!r}"[:200]
    zones = sorted({str(one.tzinfo) for one in found if "Europe/Paris" not in str(one.tzinfo)})
    return {"starts": [one.isoformat() for one in found], "in other zones": bool(zones)}


def ask(
    subject: Any,
    _: Path,
    drawn: list[dict[str, Any]],
    paused: bool,
    asks: list[tuple[str, str, int]],
) -> dict[str, Any]:
    """Ask for the next runs of a deployment, again and again, and once a schedule was switched.

    Args:
        subject: The submission.
        drawn: Its schedules.
        paused: Whether it is paused.
        asks: Of each question the moment, the zone that it is told in, and how many.
    """
    from dojo.world.serving import requests_noted

    deployment = _made(drawn, paused)
    found = []
    with _in_kathmandu(), requests_noted() as asked:
        for after, zone, count in asks:
            moment = datetime.datetime.fromisoformat(after).astimezone(ZoneInfo(zone))
            starts = subject.next_runs(deployment, moment, count)
            found.append(_written(starts))
            if isinstance(starts, list):
                starts.clear()  # it is the caller's
        left = len(deployment.schedules)
        for one in deployment.schedules[:1]:
            one.active = not one.active
        found.append(_written(subject.next_runs(deployment, moment, count)))
    return {"found": found, "schedules left": left, "asked": sorted(set(asked))}


def check(
    subject: Any,
    _: Path,
    sources: dict[str, str],
    checks: list[tuple[str, str, dict[str, Any]]],
) -> dict[str, Any]:
    """Check parameters for flows of modules made of drawn text; each flow lives for one check.

    Args:
        subject: The submission.
        sources: The text of each module.
        checks: The module, the function in it, and the parameters; a text `date:...` is a date.
    """
    from prefect import flow

    from dojo.world.serving import requests_noted

    for name, source in sources.items():
        module = sys.modules[name] = ModuleType(name)
        exec(compile(source, f"<{name}>", "exec", dont_inherit=True), vars(module))
    found: list[Any] = []
    with requests_noted() as asked:
        for name, function, drawn in checks:
            given = {key: _read(value) for key, value in drawn.items()}
            try:
                subject.check_parameters(
                    flow(name="retrain")(getattr(sys.modules[name], function)), given
                )
            except Exception as error:
                found.append(_said_of(error))
            else:
                found.append("taken" if list(given) == list(drawn) else f"taken, as {given}")
    for name in sources:
        del sys.modules[name]
    return {"told": found, "asked": sorted(set(asked))}


def _read(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("date:"):
        return datetime.date.fromisoformat(value[5:])
    return value


def serve(
    subject: Any, _: Path, calls: list[tuple[str | None, bool, Any, dict[str, Any]]]
) -> dict[str, Any]:
    """Serve up to the moment when the waiting for work begins, once for each call.

    Args:
        subject: The submission.
        calls: Whom the server refuses, whether it is silent then, the path, other parameters.
    """
    from dojo.world.serving import requests_noted, serving

    told: list[dict[str, Any]] = []
    known: dict[str, Any] = {}
    with requests_noted() as asked, serving(keep=True) as serve_until_it_waits:
        for refused, silent, path, more in calls:
            asked.clear()
            found = serve_until_it_waits(
                lambda path=path, more=more: subject.serve_pipelines(path, **more), refused, silent
            )
            ids = {one.name: str(one.id) for one in found.on_server}
            told.append(
                {
                    "raised": str(found.error)[:1000] if found.error is not None else "",
                    "waits": found.waits,
                    "watched": list(found.watched) if found.waits else [],
                    "both at once": not found.waits or found.limit is None or found.limit > 1,
                    "asked the server": bool(asked),
                    "starts runs beside the schedules": any(_STARTS.search(one) for one in asked),
                    "known ones are there": all(
                        ids.get(name) == one for name, one in known.items()
                    ),
                    "lead to their flows": all(_leads(subject, one) for one in found.registered),
                }
            )
            known = {**ids, **known}
    return {"told": told}


def _leads(subject: Any, registered: Any) -> bool:
    """Say whether a run, which is a process of its own, finds the file of the flow."""
    where, _, _ = registered.entrypoint.rpartition(":")
    if where:
        return bool((Path(registered.path or ".") / where).is_file())
    module = registered.entrypoint.rpartition(".")[0]
    return bool(PathFinder.find_spec(module, [str(subject._path.parent), *sys.path]))
