"""What we use of Dagster that it does not promise."""

from __future__ import annotations

from dojo.ground.libraries.seam import Seam
from dojo.world.seams import dagster

_PLAN = "dagster._core.execution.plan"
_STORAGE = "dagster._core.storage"
STEP_CLOCK = Seam(
    f"{_PLAN}.active:time",
    "waits between two tries of a step, and looks at the time",
    "each retry of a step waits in full",
)
CALL_STEP = Seam(
    f"{_PLAN}.compute_generator:invoke_compute_fn",
    "calls the function of an asset or of a check",
    "no check can crash, and the house rules are not looked at in steps",
)
TRIES = Seam(
    "dagster._core.execution.retries:RetryState.get_attempt_count",
    "counts the tries of a step",
    "no test can have tries that another process made",
)
STORE_EVENT = Seam(
    f"{_STORAGE}.event_log.in_memory:InMemoryEventLogStorage.store_event",
    "keeps an instance's events",
    "no test can act while a step runs",
)
EVENTS_CONNECTION = Seam(
    f"{_STORAGE}.event_log.in_memory:InMemoryEventLogStorage.index_connection",
    "opens the events of an instance in memory",
    "the history of a submission is not handed out of its sandbox",
)
RUNS_CONNECTION = Seam(
    f"{_STORAGE}.runs.in_memory:InMemoryRunStorage.connect",
    "opens the runs of an instance in memory",
    "the history of a submission is not handed out of its sandbox",
)
MARKED = tuple(
    Seam(
        f"{_STORAGE}.{storage}.in_memory:stamp_alembic_rev",
        "marks the tables of an instance with their version",
        "each test of Dagster takes a thirtieth of a second longer",
    )
    for storage in ("runs", "event_log")
)
_UNSEEN = "nobody notices that a solution left an instance open"
OPENED = Seam("dagster:DagsterInstance.__init__", "opens an instance", _UNSEEN)
CLOSED = Seam("dagster:DagsterInstance.dispose", "closes an instance", _UNSEEN)
DEFINITION_ERRORS = tuple(
    Seam(
        f"dagster._core.errors:{name}",
        "says that something cannot be defined so",
        "no page tells what to do about annotations that are text",
    )
    for name in (
        "DagsterInvalidDefinitionError",
        "DagsterInvalidPythonicConfigDefinitionError",
    )
)

SEAMS = (
    *(STEP_CLOCK, CALL_STEP, TRIES, STORE_EVENT, EVENTS_CONNECTION, RUNS_CONNECTION),
    *(*MARKED, OPENED, CLOSED, *DEFINITION_ERRORS, *dagster.SEAMS),
)
