"""Where libraries that are no engine are played with: HTTP clients, clocks, estimators.

They are looked at with the engines; of those that nobody has imported by then, where they are used.
"""

from __future__ import annotations

from dojo.ground.libraries.seam import Seam

_TO_NOWHERE = "a test's API is not reached"
REQUESTED = Seam(
    "responses:RequestsMock._on_request",
    "plays the answers to `requests`",
    "neither urllib3's retries nor foreign hosts are played",
)
ELAPSED = Seam(
    "requests.sessions:preferred_clock",
    "measures how long an answer took",
    "`elapsed` knows nothing of a test's clock",
)
CONNECTED = Seam(
    "urllib3.connection:HTTPSConnection.connect", "opens a connection of urllib3", _TO_NOWHERE
)
VERIFIED = Seam(
    "urllib3.connection:HTTPSConnection.is_verified",
    "says that a connection is trusted",
    "urllib3 warns of each connection to a test's API",
)
STREAMED = Seam("httpcore:SyncBackend.connect_tcp", "opens a connection of httpx", _TO_NOWHERE)
STREAMED_ASYNC = Seam(
    "httpcore:AnyIOBackend.connect_tcp", "opens an async connection of httpx", _TO_NOWHERE
)
HANDLED_ASYNC = Seam(
    "httpx:AsyncHTTPTransport.handle_async_request",
    "sends an async request with its time-outs",
    "a webhook's time-out is not seen",
)

SLEEP = Seam("anyio:sleep", "waits, in async code", "no async wait is free")
# Whose waits on behalf of a solution are free, and where each of them calls `sleep`. (requests and
# httpx wait nowhere: urllib3 and httpcore do it for them.)
_WAITED = "waits between two tries"
_IN_FULL = "a solution that retries with it waits in full"
WAITS = (
    Seam("urllib3.util.retry:time.sleep", _WAITED, _IN_FULL),
    Seam("httpcore._backends.base:time.sleep", _WAITED, _IN_FULL),
    Seam("httpcore._backends.anyio:anyio.sleep", _WAITED, _IN_FULL),
    Seam("backoff._sync:time.sleep", _WAITED, _IN_FULL),
    Seam("backoff._async:asyncio.sleep", _WAITED, _IN_FULL),
    Seam("tenacity.nap:time.sleep", _WAITED, _IN_FULL),
    Seam("tenacity.asyncio:_portable_async_sleep", _WAITED, _IN_FULL),
    Seam("stamina._core:_smart_sleep", _WAITED, _IN_FULL),
)

CLOCKS = (
    *(
        Seam(f"pandas:Timestamp.{name}", "tells the time", "it does not move with a test's clock")
        for name in ("now", "today", "utcnow")
    ),
    Seam("pendulum:now", "tells the time", "it does not move with a test's clock"),
)

GENERATOR = Seam(
    "numpy.random:default_rng", "makes a generator", "what it drew before a fork is not drawn again"
)

ESTIMATORS = {
    "logistic regression": "sklearn.linear_model:LogisticRegression",
    "random forest": "sklearn.ensemble:RandomForestClassifier",
    "gradient boosting": "sklearn.ensemble:GradientBoostingClassifier",
    "histogram boosting": "sklearn.ensemble:HistGradientBoostingClassifier",
    "xgboost": "xgboost:XGBClassifier",
}
FITTED = {
    name: Seam(f"{target}.fit", "trains", "no test sees which trainings run at once")
    for name, target in ESTIMATORS.items()
}
PREDICTED = {
    name: Seam(f"{target}.predict_proba", "predicts", "no test can say what a model predicts")
    for name, target in ESTIMATORS.items()
}

PROCESS = Seam(
    "psutil:Process",
    "tells Dask how its own process is doing",
    "behind walls, where nobody may look, no worker starts",
)
OWN_ADDRESS = Seam(
    "distributed.utils:_get_ip",
    "asks the network which address this machine has",
    "behind walls, where there is no network to ask, no worker starts",
)

SEAMS = (
    *(REQUESTED, ELAPSED, CONNECTED, VERIFIED, STREAMED, STREAMED_ASYNC, HANDLED_ASYNC),
    *(
        SLEEP,
        *WAITS,
        *CLOCKS,
        GENERATOR,
        PROCESS,
        OWN_ADDRESS,
        *FITTED.values(),
        *PREDICTED.values(),
    ),
)
