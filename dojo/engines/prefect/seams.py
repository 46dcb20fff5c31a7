"""What we use of Prefect that it does not promise: of its server, its engine, its settings."""

from __future__ import annotations

from dojo.ground.libraries.seam import Seam
from dojo.world.seams import prefect

_SERVER = "prefect.server.api.server"
START_SERVER = Seam(
    f"{_SERVER}:SubprocessASGIServer._run_uvicorn_command",
    "starts the harness's server, so that a fork can be it",
    "each start of an engine takes ten seconds longer",
)
SERVERS = Seam(
    f"{_SERVER}:SubprocessASGIServer._instances",
    "knows the harness's server",
    "nobody notices a server that has gone",
)
MADE_READY = Seam(
    f"{_SERVER}:LIFESPAN_RAN_FOR_APP",
    "knows which application has begun, so that one that was rehearsed begins again",
    "a sandbox's server begins without its services",
)
MIDDLEWARE = Seam(
    "starlette.applications:Starlette.build_middleware_stack",
    "makes anew what an application was rehearsed with",
    "a sandbox's server belongs to an event loop that has ended",
)
BEGIN_TRANSACTION = Seam(
    "prefect.server.database.configurations:AioSqliteConfiguration.begin_transaction",
    "begins the server's transactions, so that each takes its turn at once",
    "half of the flow runs meet a locked database, and pause",
)

_SLOW = "a verdict takes up to twice as long"
DEFAULT_STORAGE = Seam(
    "prefect.results:_read_server_default_result_storage_block_id",
    "asks the server in each run where results are kept",
    _SLOW,
)
DEFAULT_STORAGE_ASYNC = Seam(
    "prefect.results:_aread_server_default_result_storage_block_id",
    "asks the server in each async run where results are kept",
    _SLOW,
)
ASKED = Seam(
    "prefect.client.orchestration.base:BaseClient.request", "asks the server for a flow", _SLOW
)
CONSOLE = Seam(
    "prefect.logging.handlers:PrefectConsoleHandler.emit", "writes the log in colours", _SLOW
)
SCHEMA = Seam("prefect.flows:parameter_schema", "makes the schema of a flow's parameters", _SLOW)
TLS = Seam("prefect.client.orchestration:ssl", "makes the TLS context of a client", _SLOW)

_UNWATCHED = "the house rules are not looked at in runs of Prefect"
FLOW_CALLED = Seam("prefect:Flow.__call__", "calls a flow", _UNWATCHED)
CALLED = (Seam("prefect:Task.__call__", "calls a task", _UNWATCHED), FLOW_CALLED)
SUBMITTED = (
    Seam("prefect:Task.submit", "submits a task", _UNWATCHED),
    Seam("prefect:Task.map", "submits a task many times", _UNWATCHED),
)
HANDED_ON = (
    Seam("prefect.flow_engine:call_with_parameters", "calls a flow's function", _UNWATCHED),
    Seam("prefect.task_engine:call_with_parameters", "calls a task's function", _UNWATCHED),
)
SETTINGS_IN_USE = Seam(
    "prefect.context:SettingsContext.get", "tells which settings hold", _UNWATCHED
)

# Where these are no settings any more, nobody reads the variables that we set.
UNUSED_SERVICES = (
    "CANCELLATION_CLEANUP",
    "CLEANUP_RECONCILER",
    "EVENT_PERSISTER",
    "FOREMAN",
    "LATE_RUNS",
    "PAUSE_EXPIRATIONS",
    "REPOSSESSOR",
    "SCHEDULER",
    "TRIGGERS",
)
_NOT_NEEDED = (
    *("SERVER_ANALYTICS_ENABLED", "SERVER_DATABASE_MIGRATE_ON_START"),
    *("SERVER_REGISTER_BLOCKS_ON_START", "SERVER_UI_ENABLED", "CLIENT_CSRF_SUPPORT_ENABLED"),
    "LOGGING_TO_API_ENABLED",
    *(f"SERVER_SERVICES_{name}_ENABLED" for name in UNUSED_SERVICES),
)
SETTINGS = (
    *(
        Seam(
            f"prefect.settings:PREFECT_{name}",
            "switches off what no kata needs",
            "a server starts slowly, and works beside the tests",
        )
        for name in _NOT_NEEDED
    ),
    *(
        Seam(f"prefect.settings:PREFECT_{name}", why, if_absent)
        for name, why, if_absent in (
            ("CLIENT_MAX_RETRIES", "has a busy server asked again", "flow runs crash under load"),
            ("LOGGING_TO_API_WHEN_MISSING_FLOW", "keeps a task without a flow quiet", "it warns"),
            ("CLI_COLORS", "keeps colours out of what is read", "messages have them"),
            ("FLOWS_HEARTBEAT_FREQUENCY", "keeps flow runs without a thread", "each starts one"),
            ("RESULTS_LOCAL_STORAGE_PATH", "says where results lie", "a test finds another's"),
        )
    ),
)

SEAMS = (
    *(START_SERVER, SERVERS, MADE_READY, MIDDLEWARE, BEGIN_TRANSACTION),
    *(DEFAULT_STORAGE, DEFAULT_STORAGE_ASYNC, ASKED, CONSOLE, SCHEMA, TLS),
    *(*CALLED, *SUBMITTED, *HANDED_ON, SETTINGS_IN_USE, *SETTINGS),
    *prefect.SEAMS,
)
