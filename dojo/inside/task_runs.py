"""Tell what Prefect's engine says of its task runs: the part `told` of that engine."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from dojo.world.history import PrefectHistory, recorded_history

_MOST = 1000


@contextlib.contextmanager
def told() -> Iterator[Callable[[], dict[str, Any]]]:
    """Hear Prefect for the length of a block; yield what returns its task runs and logs so far."""
    history = PrefectHistory()
    with recorded_history(history):
        yield lambda: {"task_runs": _task_runs(history), "logs": history.logs[:_MOST]}


def _task_runs(history: PrefectHistory) -> list[dict[str, Any]]:
    return [
        {
            "id": str(run.id),
            "function": run.function,
            "name": run.name,
            "states": run.states,
            "stamps": [one.timestamp() for one in run.stamps],
            "delays_s": run.delays_s,
            "tags": sorted(run.tags),
            "flow_run_id": str(run.flow_run_id) if run.flow_run_id else None,
            "upstream_ids": sorted(str(one) for one in run.upstream_ids),
        }
        for run in history.task_runs[:_MOST]
    ]
