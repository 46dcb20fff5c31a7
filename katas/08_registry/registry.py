"""Register, promote, serve and take back the churn model: four doors, one registry.

A training ends with `register_best` and `promote_if_better`. Inference knows `score_customers`
only. `roll_back` is for the colleague on call. They share nothing but the registry: each may run in
another process, on another day, in a container whose user has a number and no name.
"""

import mlflow
import mlflow.sklearn  # noqa: F401
import pandas as pd
from mlflow import MlflowClient  # noqa: F401

MODEL = "churn"
CHAMPION = "champion"
PREVIOUS = "previous"
ROLLED_BACK = "rolled_back"
METRIC = "val_auc"


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
    # TODO(kata): task 1, only what passes the gate becomes a version.
    raise NotImplementedError


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
    # TODO(kata): task 2, the alias moves only to a better model.
    raise NotImplementedError


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
    # TODO(kata): task 3, ask the registry, and only read.
    raise NotImplementedError


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
    # TODO(kata): task 4, back in one call, safe to make twice.
    raise NotImplementedError
