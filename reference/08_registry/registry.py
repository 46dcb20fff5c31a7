"""Register, promote, serve and take back the churn model: four doors, one registry.

A training ends with `register_best` and `promote_if_better`. Inference knows `score_customers`
only. `roll_back` is for the colleague on call. They share nothing but the registry: each may run in
another process, on another day, in a container whose user has a number and no name.
"""

import logging
import math
import tempfile
from pathlib import Path

import mlflow
import mlflow.sklearn
import numpy as np
import pandas as pd
from mlflow import MlflowClient
from sklearn.linear_model import LogisticRegression

MODEL = "churn"
CHAMPION = "champion"
PREVIOUS = "previous"
ROLLED_BACK = "rolled_back"
METRIC = "val_auc"


def _version_behind(client: MlflowClient, alias: str) -> int | None:
    """Return the version an alias of the model points to; None if there is no such alias."""
    # No try: a registry that does not answer is not a registry without a champion.
    version = client.get_registered_model(MODEL).aliases.get(alias)
    return None if version is None else int(version)


def _auc_of(client: MlflowClient, version: int) -> float:
    """Return the validation AUC of a version's run; NaN, which is never better, without one."""
    run_id = client.get_model_version(MODEL, str(version)).run_id
    return client.get_run(run_id).data.metrics.get(METRIC, math.nan) if run_id else math.nan


def register_best(tracking_uri: str, experiment: str, min_auc: float) -> int | None:
    """Register the best candidate of tonight's training, if it is good enough.

    Candidates are the experiment's runs, however old, that are Finished, not deleted, and have a
    number, not NaN, as `val_auc` (0 to 1, more is better; the last value counts). Of two that are
    as good, either. Register the run's model called `model`; it may have others.

    What is not good enough is not registered, not even for a moment; nor is MODEL made for it. A
    run gets one version of MODEL at most. Aliases stay where they are.

    Args:
        tracking_uri: The store; it is the registry too. Not always this process's default.
        experiment: The name of tonight's experiment; it exists.
        min_auc: The quality gate: the least `val_auc` that is good enough.

    Returns:
        The number of the new version of MODEL, which knows its run (`run_id`), or of the version
        that this run has already. None if no candidate is good enough, also if the best one has a
        version from a lower gate.

    Raises:
        Exception: The registry does not answer, which is not "no candidate" or "no version"; or the
            best candidate has no `model`.
    """
    mlflow.set_tracking_uri(tracking_uri)
    runs = mlflow.search_runs(
        experiment_names=[experiment],
        filter_string="attributes.status = 'FINISHED'",
        output_format="list",
    )
    # NaN >= anything is false, so it ends here.
    good = [run for run in runs if run.data.metrics.get(METRIC, math.nan) >= min_auc]
    if not good:
        return None
    best = max(good, key=lambda run: run.data.metrics[METRIC])
    same_run = f"name = '{MODEL}' and run_id = '{best.info.run_id}'"
    known = MlflowClient(tracking_uri).search_model_versions(same_run)
    if known:
        return int(known[0].version)
    return int(mlflow.register_model(f"runs:/{best.info.run_id}/model", MODEL).version)


def promote_if_better(tracking_uri: str, version: int) -> int | None:
    """Let a version challenge the champion: the alias moves only to a better one.

    Better is a greater `val_auc` of the version's run; equal is not better. A challenger whose
    `val_auc` is missing or NaN is never better, nor is one with the tag ROLLED_BACK (any value). If
    there is no champion, or its `val_auc` is missing or NaN, any number is better. When CHAMPION
    moves, PREVIOUS moves to the version that it leaves, if any. Nothing else changes.

    A version without a run has no `val_auc`. A deleted run counts as before: MLflow still has it;
    and so does one that is not Finished. After `mlflow gc` there is none: then raise, or take it
    for one without `val_auc`.

    Args:
        tracking_uri: As in `register_best`.
        version: A version of MODEL.

    Returns:
        The champion's number afterwards; None if there is none.

    Raises:
        Exception: The registry does not answer, which is not "no champion". No alias has moved: you
            ask before you change. Or it refuses a change, perhaps the second.
    """
    client = MlflowClient(tracking_uri)
    champion = _version_behind(client, CHAMPION)
    if ROLLED_BACK in client.get_model_version(MODEL, str(version)).tags:
        return champion
    to_beat = math.nan if champion is None else _auc_of(client, champion)
    if math.isnan(to_beat):
        to_beat = -math.inf
    if not _auc_of(client, version) > to_beat:
        return champion
    if champion is not None:
        client.set_registered_model_alias(MODEL, PREVIOUS, str(champion))
    client.set_registered_model_alias(MODEL, CHAMPION, str(version))
    return version


def score_customers(
    tracking_uri: str, customers: pd.DataFrame, which: str = "champion"
) -> tuple[int, list[float]]:
    """Score customers with a version of the registry; change nothing in the store.

    What MLflow itself writes where it loads a model does not count: a file beside it, a copy of one
    that is not on this disk. A version need not have a run: some were imported.

    Args:
        tracking_uri: As in `register_best`.
        customers: One row a customer, at least one, the columns that the model was trained on. In
            another order they are scored by their names, or refused.
        which: Any alias of MODEL, such as "champion" or "previous"; it may move at any moment. Or
            "latest": the version with the greatest number.

    Returns:
        A pair: the number of the version that scored, and for each customer, in order, the
        probability to leave (class 1; 0 to 1) by `predict_proba` of its scikit-learn model. The
        model gets the customers as they are, blanks too. If it never saw class 1: 0, or an error.

    Raises:
        Exception: There is no such alias or version, its model does not load (MLflow's settings may
            forbid it), or the registry does not answer. No other version stands in for it.
    """
    mlflow.set_tracking_uri(tracking_uri)
    client = MlflowClient(tracking_uri)
    if which == "latest":
        versions = client.search_model_versions(f"name = '{MODEL}'")
        version = max(int(one.version) for one in versions)
    else:
        version = int(client.get_model_version_by_alias(MODEL, which).version)
    # By number: the alias may move between these two lines.
    model = mlflow.sklearn.load_model(f"models:/{MODEL}/{version}")
    return version, model.predict_proba(customers)[:, 1].tolist()


def roll_back(tracking_uri: str) -> int:
    """Make the previous champion the champion again.

    The version taken back gets the tag ROLLED_BACK (any value), and stays registered. PREVIOUS is
    removed: a second call, perhaps by another colleague, raises and changes nothing. Without a
    champion, or if both aliases are on one version, there is nothing to tag; the previous one comes
    back all the same.

    Args:
        tracking_uri: As in `register_best`.

    Returns:
        The number of the champion afterwards.

    Raises:
        Exception: There is no PREVIOUS, or the registry does not answer. Nothing has changed: you
            ask before you change. Or it refuses a change, perhaps the second.
    """
    client = MlflowClient(tracking_uri)
    previous = _version_behind(client, PREVIOUS)
    if previous is None:
        raise LookupError(f"{MODEL} has no version behind the alias {PREVIOUS!r}")
    bad = _version_behind(client, CHAMPION)
    # In this order a call that died halfway can be made again: the good one is never tagged.
    if bad not in (None, previous):
        client.set_model_version_tag(MODEL, str(bad), ROLLED_BACK, "true")
    client.set_registered_model_alias(MODEL, CHAMPION, str(previous))
    client.delete_registered_model_alias(MODEL, PREVIOUS)
    return previous


def _train_candidate(experiment: str, customers: pd.DataFrame, columns: list[str]) -> None:
    """Train on some columns, validate on every third customer, log all of it as one run."""
    validation = np.arange(len(customers)) % 3 == 0
    with mlflow.start_run(
        experiment_id=mlflow.set_experiment(experiment).experiment_id, run_name=" + ".join(columns)
    ):
        known = customers[~validation]
        model = LogisticRegression(max_iter=1000).fit(known[columns], known["churned"])
        for name, part in (("train_auc", known), ("val_auc", customers[validation])):
            scores = model.predict_proba(part[columns])[:, 1]
            mlflow.log_metric(name, roc_auc_score(part["churned"], scores))
        mlflow.sklearn.log_model(model, name="model", pip_requirements=[])


def _demo(tracking_uri: str, customers: pd.DataFrame) -> None:
    """Live through three nights, and take the last one back."""
    mlflow.set_tracking_uri(tracking_uri)
    calls, tenure = ["support_calls"], ["tenure_months", "support_calls"]
    for night, columns in (("monday", calls), ("tuesday", ["monthly_charges"]), ("friday", tenure)):
        _train_candidate(night, customers, columns)
        version = register_best(tracking_uri, night, min_auc=0.6)
        if version is None:
            print(f"{night:>9}: nothing is good enough, nothing is registered")
            continue
        champion = promote_if_better(tracking_uri, version)
        auc = _auc_of(MlflowClient(tracking_uri), version)
        print(f"{night:>9}: version {version}, val_auc {auc:.3f}; the champion is {champion}")
    print(f"roll back: the champion is {roll_back(tracking_uri)}")
    print(f"again    : the nightly job promotes {promote_if_better(tracking_uri, version)}")
    scored, scores = score_customers(tracking_uri, customers[calls].head(3))
    print(f"inference: version {scored} gives {[round(score, 2) for score in scores]}")


if __name__ == "__main__":
    import contextlib
    import os

    from sklearn.metrics import roc_auc_score

    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    logging.disable(logging.CRITICAL)
    print("Making an MLflow store for this run only.", flush=True)
    path = Path(__file__).parents[1] / "data" / "customers.csv"
    churn = pd.read_csv(path)
    home = Path.cwd()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as ends:
        os.chdir(folder)  # MLflow keeps the models of an SQLite store beside it, in ./mlruns
        ends.callback(os.chdir, home)
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stderr(nowhere):
            _demo(f"sqlite:///{folder}/mlflow.db", churn)
