"""What the scenarios of the Dagster katas share: an instance inside, its history read outside.

`recorded_instance` is for functions that the submission's process runs (`Desk.drive`); what the
instance knew at its end is read when that process is dead.
"""

# No `from __future__ import annotations`: Dagster reads those of assets in this package.

import contextlib
import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dojo.exam.stage import Desk


@contextlib.contextmanager
def recorded_instance(folder: Path) -> Iterator[Any]:
    """Open an empty instance whose history is left in the folder; one a scenario."""
    from dojo.engines import dagster
    from dojo.world.clock import RetryClock

    with (
        dagster.new_instance(folder / "dagster") as instance,
        dagster.free_retries(RetryClock()),
    ):
        try:
            yield instance
        finally:
            dagster.save_history(instance, folder)


def defined(solution: Any, name: str, kind: str) -> Any:
    """Return what the submission defines under a name.

    Args:
        solution: The submission.
        name: The name.
        kind: The class of Dagster's that it must be of.

    Raises:
        NotImplementedError: It is of another.
    """
    import dagster

    one = getattr(solution, name)
    if not isinstance(one, getattr(dagster, kind)):
        raise NotImplementedError(f"{name} is a {type(one).__name__}, and no {kind} of Dagster's")
    return one


def scheduled(solution: Any, name: str, assets: list[Any], jobs: list[Any]) -> tuple[Any, Any]:
    """Return a schedule of the submission as Dagster deploys it, and the repository that has it.

    What `build_schedule_from_partitioned_job` returns becomes a schedule only there.

    Raises:
        NotImplementedError: It is none.
    """
    import dagster as dg
    from dagster._check import CheckError

    one = getattr(solution, name)
    try:
        definitions = dg.Definitions(assets=assets, jobs=jobs, schedules=[one])
    except CheckError:
        raise NotImplementedError(f"{name} is a {type(one).__name__}, no schedule") from None
    repository = definitions.get_repository_def()
    return repository.schedule_defs[0], repository


def loaded(definitions: Any) -> Any:
    """Return the definitions themselves, also of what `@dagster.definitions` has made."""
    from dagster.components.definitions import LazyDefinitions

    return definitions() if isinstance(definitions, LazyDefinitions) else definitions


@dataclasses.dataclass
class SeenRun:
    """One run, as Dagster's history has it.

    Attributes:
        id: Its id.
        job: The name of its job.
        partition: Its partition; None without.
        tags: Its tags.
        status: As Dagster writes it, `SUCCESS` or `FAILURE`.
        made: What was materialised, in order: name and metadata.
        planned: The checks that were to be made.
        checks: The evaluations that were noted, by check: `passed`, `severity` and `metadata`.
        steps: In order, what befell which step: `STEP_START`, `STEP_SUCCESS` and so on.
    """

    id: str
    job: str
    partition: str | None
    tags: dict[str, str]
    status: str
    made: list[tuple[str, dict[str, Any]]] = dataclasses.field(default_factory=list)
    planned: list[str] = dataclasses.field(default_factory=list)
    checks: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    steps: list[tuple[str, str]] = dataclasses.field(default_factory=list)


def read_history(desk: Desk) -> list[SeenRun]:
    """Kill the process, then read what `recorded_instance` has left: the runs in their order."""
    folder = Path("work") / desk.folder.name
    found = {}
    with desk.database(str(folder / "runs.db")) as database:
        for row in database.execute(
            "SELECT run_id, pipeline_name, partition, status, run_body FROM runs ORDER BY id"
        ):
            tags = json.loads(row["run_body"])["tags"]
            found[row["run_id"]] = SeenRun(
                row["run_id"], row["pipeline_name"], row["partition"], tags, row["status"]
            )
    with desk.database(str(folder / "events.db")) as database:
        for row in database.execute(
            "SELECT run_id, step_key, dagster_event_type AS kind, event FROM event_logs"
            " WHERE dagster_event_type LIKE 'STEP_%' OR dagster_event_type IN"
            " ('ASSET_MATERIALIZATION', 'ASSET_CHECK_EVALUATION_PLANNED', 'ASSET_CHECK_EVALUATION')"
            " ORDER BY id"
        ):
            if row["run_id"] in found:
                _add(found[row["run_id"]], row["kind"], row["step_key"], json.loads(row["event"]))
    return list(found.values())


def _add(run: SeenRun, kind: str, step: str, event: dict[str, Any]) -> None:
    told = event["dagster_event"]["event_specific_data"]
    if kind == "ASSET_MATERIALIZATION":
        told = told["materialization"]
        metadata = {one["label"]: one["entry_data"] for one in told["metadata_entries"]}
        run.made.append(("/".join(told["asset_key"]["path"]), _plain(metadata)))
    elif kind == "ASSET_CHECK_EVALUATION_PLANNED":
        run.planned.append(told["check_name"])
    elif kind == "ASSET_CHECK_EVALUATION":
        run.checks[told["check_name"]] = {
            "passed": told["success"],
            "severity": told["severity"]["__enum__"].rpartition(".")[2],
            "metadata": _plain(told["metadata"]),
        }
    else:
        run.steps.append((step, kind))


def _plain(metadata: dict[str, Any]) -> dict[str, Any]:
    """Return what metadata say: a number is a number, whatever else the text that it is."""
    return {
        name: next((one[kind] for kind in ("value", "text", "path") if kind in one), None)
        for name, one in metadata.items()
    }
