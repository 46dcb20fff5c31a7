"""Train churn models, each in a run that tells tomorrow how it was made and how good it was.

The store is a folder: `mlflow.db`, a SQLite file, holds the runs, `artifacts` the models. The three
functions at the top are given.
"""

import mlflow  # noqa: F401  for you
import numpy as np
import pandas as pd
import sklearn
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, log_loss

FEATURES = ["tenure_months", "monthly_charges", "support_calls"]
REQUIREMENTS = [f"scikit-learn=={sklearn.__version__}", f"pandas=={pd.__version__}"]


def split(customers: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part the customers into those to learn from and those held out, every fourth one (given)."""
    held_out = np.arange(len(customers)) % 4 == 0
    return customers[~held_out], customers[held_out]


def fit_forest(rows: pd.DataFrame, params: dict) -> RandomForestClassifier:
    """Fit a random forest (given).

    Args:
        rows: Customers with the FEATURES and `churned`.
        params: Settings of the forest, such as `{"n_estimators": 20, "max_depth": 4}`.

    Raises:
        ValueError: The forest refuses a setting, such as a `max_depth` of 0.
    """
    return RandomForestClassifier(random_state=0, **params).fit(rows[FEATURES], rows["churned"])


def measure(model: RandomForestClassifier, rows: pd.DataFrame) -> tuple[float, float]:
    """Measure a forest on some customers (given): its accuracy, and its log loss."""
    probabilities = model.predict_proba(rows[FEATURES])[:, 1]
    accuracy = accuracy_score(rows["churned"], probabilities > 0.5)
    return float(accuracy), float(log_loss(rows["churned"], probabilities, labels=[0, 1]))


def track_training(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    """Train a forest in a run of its own.

    Args:
        customers: `split` says which rows are learnt from, and which are held out. Of the columns,
            the FEATURES and `churned` count; others may hold anything, lists too.
        params: As in `fit_forest`. MLflow cuts what is longer than 6,000 characters.
        store: An absolute folder with an MLflow database, `mlflow.db`. The artifacts of a new
            experiment belong into its folder `artifacts`. Nothing goes to the working directory.
        experiment: Name of an experiment. Make it if there is none of that name, or none any
            longer. You may raise if it is a deleted one, or if another worker makes it right now.
        orchestrator: Which tool runs this, such as "prefect".

    Returns:
        The id of the run, which is Finished, and began and ended with the work. Its parameters,
        there before the fit, are `params` and `orchestrator` (or that is a tag). Its metrics
        `val_accuracy` and `val_log_loss` are those of `measure` on the held-out customers. You may
        log more.

    Raises:
        ValueError: The training failed: its own error, as it is. The run is Failed, and has its
            parameters. The same if something else ends it, such as customers without a column, a
            KeyboardInterrupt, or a store that refuses a parameter.
    """
    # TODO(kata): task 1, one training, one run.
    raise NotImplementedError


def track_model(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    """Train a forest as `track_training` does, and log the model into the same run.

    The signature names the FEATURES, all of them as double, and what the model predicts. (Whole
    numbers too: a blank makes them floats, and whoever loads the model gives it floats.) The
    requirements are the REQUIREMENTS, no more; nothing is started to find them out. Where the model
    is loaded there is MLflow with skops and cloudpickle, but not this file.

    Args:
        customers: As in `track_training`.
        params: As in `track_training`.
        store: As in `track_training`.
        experiment: As in `track_training`.
        orchestrator: As in `track_training`.

    Returns:
        An address for `mlflow.pyfunc.load_model`, also tomorrow and from another folder: always
        that of this model.

    Raises:
        ValueError: As in `track_training`: nothing is returned, the run is Failed.
        Exception: The model cannot be written: nothing is returned, and no run stays open.
    """
    # TODO(kata): task 2, the model, in the same run.
    raise NotImplementedError


def compare_candidates(
    customers: pd.DataFrame, candidates: dict, store: str, experiment: str, orchestrator: str
) -> str:
    """Train all candidates at the same time, each in a thread and in a child run of its own.

    One parent run holds the comparison, and has `orchestrator` like the others. A child is named
    after its candidate, and has what a run of `track_training` has. No models are logged.

    Args:
        customers: As in `track_training`.
        candidates: Name of a candidate, any that MLflow takes for a run: its `params`. At least
            one.
        store: As in `track_training`.
        experiment: As in `track_training`.
        orchestrator: As in `track_training`.

    Returns:
        The id of the parent run. If some candidates fail, whatever they raise (an orchestrator's
        BaseException, too), their child runs are Failed, the others go on, and the parent is
        Finished. A SystemExit, or a store that refuses a child's run, may end the comparison, but
        leaves no run open.

    Raises:
        Exception: All candidates failed (any error will do). Their runs and the parent's are
            Failed.
    """
    # TODO(kata): task 3, five candidates, one comparison.
    raise NotImplementedError
