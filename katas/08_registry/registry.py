"""Register, promote, serve and take back the churn model: four doors, one registry.

Training runs at night and ends with `register_best` and `promote_if_better`. Inference runs every
hour and knows `score_customers` only. `roll_back` is for the colleague on call. They share nothing
but the registry: each may run in another process, on another day.
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

    Each run of the experiment is a candidate. It has logged the metrics `train_auc` and `val_auc`
    (0 to 1, more is better; the last value counts) and its model under the name `model`, perhaps
    others too. A run that is not Finished, or was deleted, is no candidate; neither is one whose
    `val_auc` is missing or not a number. Of two that are as good, either.

    Args:
        tracking_uri: The store; it is the registry too. Not always this process's default.
        experiment: The name of tonight's experiment; it exists.
        min_auc: The quality gate: the least `val_auc` that is good enough.

    Returns:
        The number of the new version of MODEL, which knows its run (`run_id`). Called again for the
        same run: the version it has already, no second one. None if no candidate is good enough,
        also if the best one has a version from a lower gate: then nothing was registered, not even
        for a moment. Aliases stay where they are.

    Raises:
        Exception: The registry does not answer, which is not "no candidate" and "no version"; or
            the best candidate has no `model`.
    """
    # TODO(kata): task 1, only what passes the gate becomes a version.
    raise NotImplementedError


def promote_if_better(tracking_uri: str, version: int) -> int | None:
    """Let a version challenge the champion: the alias moves only to a better one.

    Better is a greater `val_auc` of the version's run than of the champion's; equal is not better.
    A run that was deleted counts as before, MLflow still has it (until `mlflow gc`; then raise, or
    take it for one without `val_auc`, as a version without a run is). If there is no
    champion, or its `val_auc` is missing or NaN, any number is. A challenger whose run has no
    `val_auc`, or NaN, is never better; nor is one with the tag ROLLED_BACK, whatever its metric.
    When CHAMPION moves, PREVIOUS moves to the version that it leaves, if any; else none changes.

    Args:
        tracking_uri: As in `register_best`.
        version: A version of MODEL.

    Returns:
        The champion's number afterwards; None if there is none.

    Raises:
        Exception: A question to the registry finds no answer, which is not "no champion". No alias
            has moved: you ask before you change. Or a change is refused, perhaps the second.
    """
    # TODO(kata): task 2, the alias moves only to a better model.
    raise NotImplementedError


def score_customers(
    tracking_uri: str, customers: pd.DataFrame, which: str = "champion"
) -> tuple[int, list[float]]:
    """Score customers with a version of the registry; change nothing in the store.

    The file that MLflow itself writes beside a model that it loads does not count.

    Args:
        tracking_uri: As in `register_best`.
        customers: One row a customer, at least one, the columns that the model was trained on. In
            another order they are scored by their names, or refused.
        which: Any alias of MODEL, such as "champion" or "previous"; it may move at any moment.
            Or "latest": the version with the greatest number, asked for in rehearsals.

    Returns:
        A pair: the number of the version that scored, and for each customer, in order, the
        probability to leave (class 1; 0 to 1) by its scikit-learn model's `predict_proba`, which
        gets the customers as they are, blanks too; 0 or an error if it never saw class 1. A version
        need not have a run: some were imported from another registry.

    Raises:
        Exception: There is no such alias or no version, its model does not load (MLflow's settings
            may forbid it), or the registry does not answer. No other version stands in for it.
    """
    # TODO(kata): task 3, ask the registry, and only read.
    raise NotImplementedError


def roll_back(tracking_uri: str) -> int:
    """Make the previous champion the champion again.

    The version taken back gets the tag ROLLED_BACK (any value), and stays registered. PREVIOUS is
    removed: called again, perhaps by the second colleague on call, this must not bring it back.
    Without a champion there is nothing to tag; the previous one comes back all the same. Nor is
    there if both aliases are on one version.

    Args:
        tracking_uri: As in `register_best`.

    Returns:
        The number of the champion afterwards.

    Raises:
        Exception: There is no PREVIOUS to go back to, or the registry does not say. Then nothing
            has changed: you ask before you change. Or a change is refused, perhaps the second.
    """
    # TODO(kata): task 4, back in one call, safe to make twice.
    raise NotImplementedError
