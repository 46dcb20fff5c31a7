"""The churn pipeline as Airflow runs it: tasks that hand on paths and numbers, never tables.

    python reference/pipelines/airflow_pipeline.py [train|inference]     here, without Airflow
    AIRFLOW__CORE__DAGS_FOLDER=reference/pipelines airflow standalone    as two DAGs, with it

What the steps do is in `churn_job.py`; here is what they hand on, what is tried again, and what is
removed afterwards. Without Airflow the same functions run in the same order, and what they return
goes through JSON as it goes through XCom. `airflow_command.py` has the options.

In the DAGs, CHURN_DATA_URL, MLFLOW_TRACKING_URI and CHURN_RESULTS tell where.
"""

import importlib.util
import json
import os
import shutil
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import churn_data
import churn_job

ALONE = "alone"  # what the ids of runs without Airflow begin with
PATIENCE = {
    "retries": 4,
    "retry_delay": timedelta(seconds=1),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=5),
}


# The steps: plain values in, plain values out; tables are files in the run's own folder


def begin(where: dict[str, Any]) -> str:
    """Put right what killed runs have left, and start the run that the candidates belong to."""
    unfinished = churn_job.unfinished(where["store"], "airflow")
    churn_job.sweep(where["store"], "airflow", [one for one in unfinished if is_over(one, where)])
    return churn_job.start_comparison(where["store"], "airflow", where["run_id"])


def is_over(run_id: str, where: dict[str, Any]) -> bool:
    """Return whether another run has ended: Airflow has one at a time, `max_active_runs` says so.

    Of a run without Airflow its process tells; a DAG leaves those alone.
    """
    if not run_id.startswith(ALONE):
        return not where["run_id"].startswith(ALONE) and run_id != where["run_id"]
    _, host, pid, _ = run_id.split("|")
    if not where["run_id"].startswith(ALONE) or host != where["run_id"].split("|")[1]:
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def load_customers(where: dict[str, Any], labelled: bool) -> str:
    """Load and validate the customers; return the file they are in."""
    customers = churn_data.validate(churn_data.load_customers(where["url"]), labelled)
    target = folder_of(where) / "customers.json"
    part = target.with_suffix(".part")
    part.write_text(json.dumps(customers), encoding="utf-8")
    part.replace(target)  # whole or not at all: a try that was killed leaves nothing to read
    return str(target)


def engineer_features(where: dict[str, Any], customers: str) -> str:
    """Make the features of a file of customers; return the file they are in."""
    known = json.loads(Path(customers).read_text(encoding="utf-8"))
    path = folder_of(where) / "features.csv"
    return churn_data.write_table(churn_data.engineer_features(known), str(path))


def train_candidate(where: dict[str, Any], parent: str, name: str, features: str) -> dict[str, Any]:
    """Train one candidate; return its name, run and score."""
    table = churn_data.read_table(features)
    return churn_job.train_candidate(where["store"], parent, name, table)


def choose_winner(
    where: dict[str, Any], parent: str, results: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return the best of those that could be trained, and end the comparison."""
    best = None
    try:
        best = churn_job.choose_winner([one for one in results if one])
    finally:
        churn_job.finish_comparison(where["store"], parent, best)
    return best


def release(where: dict[str, Any], winner: dict[str, Any], features: str) -> dict[str, Any]:
    """Register, check, and let the winner challenge the champion: one task, all of it or nothing.

    Airflow has no transactions. Three tasks would need a fourth that finds out what to take back.
    """
    store = where["store"]
    told = {"winner": winner["name"], churn_job.METRIC: winner[churn_job.METRIC]}
    if not churn_job.passes_gate(winner, where["min_auc"]):
        return {**told, "version": None, "champion": churn_job.champion_of(store)[0]}
    version = churn_job.register_version(store, winner["run_id"])
    try:
        table = churn_data.read_table(features)
        churn_job.check_version(store, version, table, where["at_most"])
        champion = churn_job.release_version(store, version)
    except BaseException:
        churn_job.discard_version(store, version)
        raise
    return {**told, "version": version, "champion": champion}


def predict(where: dict[str, Any], features: str) -> dict[str, Any]:
    """Score the customers with the champion; the table is written whole or not at all."""
    version, table = churn_job.score(where["store"], churn_data.read_table(features))
    path = churn_data.write_table(table, str(Path(where["results"]) / "predictions.csv"))
    return {"version": version, "customers": len(table), "predictions": path}


def clean_up(where: dict[str, Any]) -> None:
    """Remove the files that the tasks of this run have handed each other; gone is gone."""
    shutil.rmtree(folder_of(where, made=False), ignore_errors=True)


def folder_of(where: dict[str, Any], made: bool = True) -> Path:
    """Return the folder of a run: the next night's run, or a second one today, has another."""
    name = "".join(sign if sign.isalnum() else "_" for sign in where["run_id"])
    folder = Path(where["results"]) / "between-tasks" / name
    if made:
        folder.mkdir(parents=True, exist_ok=True)
    return folder


# With Airflow


def settings() -> dict[str, Any]:
    """Say where this machine's data, store and results are, for all tasks of one run."""
    from airflow.sdk import get_current_context

    results = Path(os.environ.get("CHURN_RESULTS", "churn-results")).resolve()
    results.mkdir(parents=True, exist_ok=True)
    return {
        "run_id": get_current_context()["run_id"],
        "results": str(results),
        "store": os.environ.get("MLFLOW_TRACKING_URI", f"sqlite:///{results / 'mlflow.db'}"),
        "url": os.environ["CHURN_DATA_URL"],
        "min_auc": float(os.environ.get("CHURN_MIN_AUC", "0.7")),
        "at_most": float(os.environ.get("CHURN_AT_MOST", "0.5")),
    }


def make_dags() -> tuple[Any, Any]:
    """Return the two DAGs: training every night, inference every hour."""
    from airflow.sdk import dag, task, teardown

    # A run that was missed is not caught up: tonight's customers are not yesterday's.
    common: dict[str, Any] = {"catchup": False, "max_active_runs": 1, "tags": ["churn"]}

    @dag(dag_id="churn_training", schedule="30 3 * * *", **common)
    def training() -> None:
        where = task(settings)()
        parent = task(begin)(where)
        customers = task(load_customers, **PATIENCE)(where, labelled=True)
        features = task(engineer_features)(where, customers)
        results = (
            task(train_candidate, retries=1)
            .partial(where=where, parent=parent, features=features)
            .expand(name=list(churn_job.CANDIDATES))
        )
        # Candidates that failed are left out; with `all_success` one would stop the night.
        best = task(choose_winner, trigger_rule="all_done")(where, parent, results)
        released = task(release)(where, best, features)
        # A teardown runs after a failure too, and does not turn the run green as a task would.
        released >> teardown(clean_up)(where)

    @dag(dag_id="churn_inference", schedule="0 * * * *", **common)
    def inference() -> None:
        where = task(settings)()
        customers = task(load_customers, **PATIENCE)(where, labelled=False)
        features = task(engineer_features)(where, customers)
        task(predict)(where, features) >> teardown(clean_up)(where)

    return training(), inference()


if __name__ == "__main__":
    from airflow_command import main

    raise SystemExit(main())

if importlib.util.find_spec("airflow") is not None:
    churn_training, churn_inference = make_dags()
