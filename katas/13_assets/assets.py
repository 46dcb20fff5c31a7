"""The churn model as three assets: the customers, their features, the model.

Whoever opens the lineage sees what each was made of, when, and what came out. What a notebook would
do is given at the top; what Dagster has to know is the kata.
"""

import json

import dagster as dg
import pandas as pd
from sklearn.linear_model import LogisticRegression

NUMBERS = ["tenure_months", "monthly_charges", "support_calls"]
MIGHT_HEAL = (ConnectionError, TimeoutError)


class CustomerSource(dg.ConfigurableResource):
    """Where the customers come from: a CSV file with a header (given)."""

    path: str

    def fetch(self) -> pd.DataFrame:
        """Read all customers.

        Raises:
            OSError: One of MIGHT_HEAL: ask again later. Any other: nobody there will help you.
        """
        return pd.read_csv(self.path)


class RunTracker(dg.ConfigurableResource):
    """Who remembers each training: a file of JSON lines here, MLflow at work (given)."""

    path: str

    def log_run(self, run_id: str, params: dict, metrics: dict) -> None:
        """Add one training."""
        with open(self.path, "a", encoding="utf-8") as file:
            line = {"run_id": run_id, "params": params, "metrics": metrics}
            file.write(json.dumps(line) + "\n")


def make_features(customers: pd.DataFrame) -> pd.DataFrame:
    """Return `customer_id`, NUMBERS (blanks filled with the median) and `churned` (given)."""
    features = customers[["customer_id", *NUMBERS, "churned"]].copy()
    features[NUMBERS] = features[NUMBERS].fillna(features[NUMBERS].median())
    return features


def fit_model(features: pd.DataFrame, c: float) -> tuple[dict, float]:
    """Fit a logistic regression with the inverse regularisation `c` (given).

    Returns:
        The model, `{"weights": {column: number}, "intercept": number}`, and its accuracy, 0 to 1,
        on every fifth customer, which it was not fitted on.
    """
    held_out = features.index % 5 == 0
    known, unseen = features[~held_out], features[held_out]
    fitted = LogisticRegression(C=c, max_iter=1000).fit(known[NUMBERS], known["churned"])
    weights = dict(zip(NUMBERS, fitted.coef_[0].tolist(), strict=True))
    model = {"weights": weights, "intercept": float(fitted.intercept_[0])}
    return model, float(fitted.score(unseen[NUMBERS], unseen["churned"]))


class TrainingConfig(dg.Config):
    """What a run may set for `churn_model`: `c`, a float greater than 0; 1.0 unless it is set."""

    # TODO(kata): task 3.


class TableStore(dg.ConfigurableIOManager):
    """Keep the frame of an asset in `<folder>/<asset's name>.csv`.

    Comma-separated UTF-8 with a header and without the index; no other file stays. The folder is
    made when needed. A file is replaced whole or not at all, also while other runs of this process
    or another read and write it. What is loaded equals what was returned, its fresh index apart, as
    far as such a file can tell: not that `01400` or `n/a` was a text, nor a column's exact type,
    nor a carriage return alone. A frame has columns, each with a name of its own.
    """

    folder: str

    def handle_output(self, context: dg.OutputContext, obj: pd.DataFrame) -> None:
        """Write what an asset returned."""
        # TODO(kata): task 4.
        raise NotImplementedError

    def load_input(self, context: dg.InputContext) -> pd.DataFrame:
        """Read what the asset upstream returned last."""
        raise NotImplementedError


def raw_customers(context: dg.AssetExecutionContext, source: CustomerSource) -> pd.DataFrame:
    """All customers, as the source gives them.

    Group `ingestion`. Kept by the IO manager `tables`. Each materialisation tells in its metadata
    how many `rows` there were. MIGHT_HEAL is retried by Dagster up to three times, after 10, 20 and
    40 s; any other failure ends the run at once. A failed run shows the source's own error and what
    that was raised from.
    """
    # TODO(kata): task 1; the retries are task 2.
    raise NotImplementedError


def customer_features(
    context: dg.AssetExecutionContext, raw_customers: pd.DataFrame
) -> pd.DataFrame:
    """What `make_features` makes of `raw_customers`.

    Group `features`. Kept by the IO manager `tables`. Metadata: `rows`.
    """
    # TODO(kata): task 1.
    raise NotImplementedError


def churn_model(
    context: dg.AssetExecutionContext,
    customer_features: pd.DataFrame,
    config: TrainingConfig,
    tracker: RunTracker,
) -> dict:
    """The model that `fit_model` fits to `customer_features`.

    Group `models`. Kept by Dagster's default IO manager. Metadata: `c` and `val_accuracy`. The
    tracker gets one line a training, with Dagster's own id of the run, the parameter `c` and the
    metric `val_accuracy`; a training that it could not note has failed.
    """
    # TODO(kata): task 1; configuration and tracker are task 3.
    raise NotImplementedError


# All three assets, a job `churn_training` of all three, and the resources `source`, `tracker` and
# `tables`. Where they point is read once, when a run starts, from the environment variables
# CHURN_CUSTOMERS (a path), CHURN_RUNS (a path) and CHURN_TABLES (a folder).
# TODO(kata): task 5.
defs = dg.Definitions()
