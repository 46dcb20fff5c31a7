"""Open an instance of Dagster's that leaves its history, and read what a submission defines.

For the `inside.py` of the Dagster katas, in the submission's process; the history is read outside
when that process is dead.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dojo.engines.dagster.engine import crashing, during, load_value, new_instance

# What else the `inside.py` of a kata may have of Dagster's engine.
__all__ = [
    "crashing",
    "defined",
    "during",
    "load_value",
    "loaded",
    "new_instance",
    "recorded_instance",
    "scheduled",
]


@contextlib.contextmanager
def recorded_instance(folder: Path) -> Iterator[Any]:
    """Open an empty instance whose history is left in the folder; one a scenario."""
    from dojo.engines.dagster import engine as dagster
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
    from dagster_shared.check import CheckError

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
