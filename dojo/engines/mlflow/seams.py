"""What we use of MLflow that it does not promise."""

from __future__ import annotations

from dojo.ground.libraries.seam import Seam

EXPERIMENT = Seam(
    "mlflow.tracking.fluent:_active_experiment_id",
    "remembers which experiment was set",
    "a test logs into the experiment of the one before",
)
ACTIVE_RUNS = Seam(
    "mlflow.tracking.fluent:_active_run_stack",
    "holds the open runs of a thread",
    "no test can have its caller's run open",
)
STORES = tuple(
    Seam(
        f"mlflow.store.{kind}.sqlalchemy_store:SqlAlchemyStore._engine_map",
        "holds a store's connections",
        "a solution is blamed for files that MLflow keeps open",
    )
    for kind in ("tracking", "model_registry")
)
AUTOLOGGING = Seam(
    "mlflow.utils.autologging_utils:AUTOLOGGING_INTEGRATIONS",
    "knows which libraries log by themselves",
    "nobody notices that a solution left autologging on",
)
CLIENT = Seam(
    "mlflow:MlflowClient",
    "asks and changes a store: each of its own methods is heard",
    "no test hears what a store is asked",
)

VARIABLES = ("EXPERIMENT_ID", "REGISTRY_URI", "RUN_ID", "TRACKING_URI")
SETTINGS = (
    *(
        Seam(
            f"mlflow.environment_variables:MLFLOW_{name}",
            "tells child processes where the store is",
            "a test finds the store of the one before",
        )
        for name in VARIABLES
    ),
    *(
        Seam(f"mlflow.environment_variables:MLFLOW_{name}", why, if_absent)
        for name, why, if_absent in (
            ("DISABLE_TELEMETRY", "keeps MLflow off the network", "it tries to send"),
            ("ENABLE_ARTIFACTS_PROGRESS_BAR", "keeps a thread away", "each download starts one"),
            ("SQLALCHEMYSTORE_POOL_SIZE", "gives each thread connections", "threads wait for one"),
        )
    ),
)

SEAMS = (EXPERIMENT, ACTIVE_RUNS, *STORES, AUTOLOGGING, CLIENT, *SETTINGS)
