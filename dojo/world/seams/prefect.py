"""Where Prefect's engine is heard, and where its waits and its time of day are played with."""

from __future__ import annotations

from dojo.ground.libraries.seam import Seam

TASK_STATES = Seam(
    "prefect.task_engine:emit_task_run_state_change_event",
    "tells each state of a task run",
    "no test sees a retry, and the server is told them all",
)
RETRY_DELAYS = Seam(
    "prefect.task_engine:timedelta",
    "makes the time of a retry from its delay",
    "delays are milliseconds too short on a busy machine",
)
FLOW_RUNS = Seam(
    "prefect.client.orchestration:SyncPrefectClient.create_flow_run",
    "creates the flow runs",
    "no test sees one",
)
FLOW_RUNS_ASYNC = Seam(
    "prefect.client.orchestration:PrefectClient.create_flow_run",
    "creates the flow runs of async flows",
    "no test sees one",
)

# Who waits is told by the module from which it calls `sleep`: so there it must still be called.
_WAITS_SLOWLY = "that wait is made in full, and a verdict takes minutes"
ENGINE_WAITS = (
    Seam("prefect.task_engine:time.sleep", "waits before a retry", _WAITS_SLOWLY),
    Seam("prefect.task_engine:anyio.sleep", "waits before a retry of an async task", _WAITS_SLOWLY),
)
CLIENT_WAITS = (
    Seam("prefect.client.base:time.sleep", "waits before it asks the server again", _WAITS_SLOWLY),
    Seam("prefect.client.base:anyio.sleep", "waits before it asks the server again", _WAITS_SLOWLY),
)
FLOW_WAITS = (
    Seam("prefect.utilities.engine:time.sleep", "waits before a flow's retry", _WAITS_SLOWLY),
    Seam("prefect.utilities.engine:anyio.sleep", "waits before a flow's retry", _WAITS_SLOWLY),
)
_ENDS_LATE = "a wait that is free never reaches a time-out"
TIMEOUTS = (
    Seam("prefect.task_engine:timeout", "ends a task run that takes too long", _ENDS_LATE),
    Seam("prefect.task_engine:timeout_async", "ends one of an async task", _ENDS_LATE),
    Seam("prefect.flow_engine:timeout", "ends a flow run that takes too long", _ENDS_LATE),
    Seam("prefect.flow_engine:timeout_async", "ends one of an async flow", _ENDS_LATE),
)

FUTURES_WAIT = Seam(
    "prefect.futures:PrefectConcurrentFuture.wait",
    "waits on behalf of who asks a future",
    "a solution's wait for a future lasts as long as it says",
)

_EXPIRES_NEVER = "no cached result expires in a test"
NOW = Seam("prefect.types._datetime:now", "tells all of Prefect the time of day", _EXPIRES_NEVER)
# Who asks it, so that it is told another time: by module, or by module and function.
EXPIRY_READ = Seam(
    "prefect.results:prefect.types._datetime.now",
    "tells whether a cached result has expired",
    _EXPIRES_NEVER,
)
EXPIRY_WRITTEN = (
    Seam(
        "prefect.task_engine:SyncTaskRunEngine.handle_success",
        "says when a cached result expires",
        _EXPIRES_NEVER,
    ),
    Seam(
        "prefect.task_engine:AsyncTaskRunEngine.handle_success",
        "says when an async task's cached result expires",
        _EXPIRES_NEVER,
    ),
)

_UNHEARD = "no test sees what the server was asked"
SENT = (
    Seam("prefect.client.base:PrefectHttpxSyncClient.send", "asks the server", _UNHEARD),
    Seam("prefect.client.base:PrefectHttpxAsyncClient.send", "asks the server", _UNHEARD),
)
_UNSERVED = "no test sees what a solution deploys"
REGISTERED = tuple(
    Seam(
        f"prefect.client.orchestration:{client}.{name}_deployment",
        f"{name}s a deployment on the server",
        _UNSERVED,
    )
    for client in ("SyncPrefectClient", "PrefectClient")
    for name in ("create", "update")
)
APPLIED = tuple(
    Seam(
        f"prefect.deployments.runner:RunnerDeployment.{name}",
        "registers a deployment that is served",
        _UNSERVED,
    )
    for name in ("apply", "aapply")
)
WATCHED = tuple(
    Seam(
        f"prefect.runner:Runner.{name}",
        "gives a runner a deployment to watch",
        "no test sees whose runs are started",
    )
    for name in ("add_deployment", "aadd_deployment")
)
WAITS_FOR_WORK = Seam(
    "prefect.runner:Runner.start",
    "begins to wait for work",
    "the test of a served deployment never ends",
)

SEAMS = (
    *(TASK_STATES, RETRY_DELAYS, FLOW_RUNS, FLOW_RUNS_ASYNC),
    *(*ENGINE_WAITS, *CLIENT_WAITS, *FLOW_WAITS, *TIMEOUTS, FUTURES_WAIT),
    *(NOW, EXPIRY_READ, *EXPIRY_WRITTEN),
    *(*SENT, *REGISTERED, *APPLIED, *WATCHED, WAITS_FOR_WORK),
)
