"""Train one churn model with any hyper-parameters, without an edit.

The two tasks are given, and do what they are told. What may be told, with which defaults, and how
the run is found again, is the business of the flows.
"""

import logging
import os
import tempfile
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from prefect import flow, get_client, tags, task
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sklearn.ensemble import RandomForestClassifier

Column = Literal["tenure_months", "monthly_charges", "support_calls"]
COLUMNS = ["tenure_months", "monthly_charges", "support_calls"]

Trees = Annotated[int, Field(ge=1, le=1000)]
Depth = Annotated[int, Field(ge=1, le=30)]
Name = Annotated[str, Field(pattern="^[A-Za-z0-9_-]+$")]


def each_once(columns: list[str]) -> list[str]:
    """Refuse a list that names a column twice."""
    if len(set(columns)) < len(columns):
        raise ValueError("a column is named twice")
    return columns


Columns = Annotated[list[Column], Field(min_length=1), AfterValidator(each_once)]


class Forest(BaseModel):
    """Hold the settings of the forest; a key that it does not know is an error."""

    model_config = ConfigDict(extra="forbid")
    n_estimators: Trees = 100
    max_depth: Depth = 10


class TrainingConfig(BaseModel):
    """Hold all that `train_from_config` can be told."""

    model_config = ConfigDict(extra="forbid")
    experiment_name: Name = "default"
    columns: Columns = COLUMNS
    forest: Forest = Forest()


@task
def load_customers(path: str, columns: list[str]) -> pd.DataFrame:
    """Read these columns of the customers, and `churned` (given).

    Args:
        path: A CSV file, one row a customer.
        columns: What the model shall learn from.

    Returns:
        One row a customer: the columns in this order, then `churned`.

    Raises:
        KeyError: The file lacks one of the columns.
    """
    return pd.read_csv(path)[[*columns, "churned"]]


@task
def train_model(customers: pd.DataFrame, n_estimators: int, max_depth: int) -> dict:
    """Fit a random forest to three customers in four, measure it on the others (given).

    Args:
        customers: What `load_customers` returns.
        n_estimators: The number of trees.
        max_depth: The most levels that a tree may have.

    Returns:
        What the fitted forest says of itself: `trees`, `deepest` (levels of the deepest tree),
        `columns` (learnt from) and `accuracy` (0 to 1).
    """
    features, churned = customers.drop(columns="churned"), customers["churned"]
    held_out = customers.index % 4 == 0
    forest = RandomForestClassifier(n_estimators, max_depth=max_depth, random_state=7)
    forest.fit(features[~held_out], churned[~held_out])
    return {
        "trees": len(forest.estimators_),
        "deepest": max(int(tree.get_depth()) for tree in forest.estimators_),
        "columns": list(features.columns),
        "accuracy": float(forest.score(features[held_out], churned[held_out])),
    }


@flow(flow_run_name="{experiment_name}-{n_estimators}x{max_depth}")
def train_churn_model(
    path: str, n_estimators: Trees = 100, max_depth: Depth = 10, experiment_name: Name = "default"
) -> dict:
    """Load the three COLUMNS and train, as one flow run that tells what it was called with.

    The engine records all four parameters as given, defaults included. The run is named like
    `default-100x10`: experiment_name, n_estimators, max_depth, in full, as they are used (6, not
    6.0). It is found under the tag `experiment:default`, on the flow run or on each of its task
    runs, also while it runs and if it fails. Tags that the caller gives with `tags` stay, on each
    task run as well. A refused call needs neither name nor tag.

    Args:
        path: As in `load_customers`.
        n_estimators: A whole number, 1 to 1000.
        max_depth: A whole number, 1 to 30.
        experiment_name: Text, one or more of a-z, A-Z, 0-9, `-` and `_`.

    Returns:
        What `train_model` returns, and `experiment_name`.

    Raises:
        Exception: A value is not as above; the text names that parameter (of several, one or more).
            No task run has begun, and nothing has looked at the file, not even a `FilePath`.
            Nothing is rounded or moved into the range. As you like: refuse the text "20", 20.0,
            True and numpy's whole numbers, or use them as the number.
        Exception: There is no parameter of that name.
    """
    with tags(f"experiment:{experiment_name}"):
        customers = load_customers(path, COLUMNS)
        report = train_model(customers, n_estimators, max_depth)
    return {"experiment_name": experiment_name, **report}


@flow
def train_from_config(path: str, config: TrainingConfig | None = None) -> dict:
    """Load and train as one configuration says, such as one read from a JSON file.

    Args:
        path: As in `load_customers`.
        config: A dict as JSON has it; it stays as it is. Any key may be left out, no value may be
            None. `experiment_name`: as in `train_churn_model`. `columns`: a list of one or more of
            the COLUMNS, each at most once, used in this order (default: all three; the file may
            lack the others). `forest`: a dict of `n_estimators` and `max_depth`, as in
            `train_churn_model`. None in place of the dict: the defaults.

    Returns:
        As `train_churn_model`.

    Raises:
        Exception: As in `train_churn_model`, and for any other key, in `config` or in `forest`. The
            text names the key; for a wrong column it names `columns`. (`$ref` is the engine's own,
            which says so in other words.)
    """
    config = config or TrainingConfig()
    customers = load_customers(path, config.columns)
    report = train_model(customers, config.forest.n_estimators, config.forest.max_depth)
    return {"experiment_name": config.experiment_name, **report}


def _demo() -> None:
    """Call both flows as colleagues would, and print what the engine says of each run."""
    path = str(Path(__file__).parents[1] / "data" / "customers.csv")
    small = {"columns": ["support_calls"], "forest": {"n_estimators": 20}}
    calls = [
        (train_churn_model, {}),
        (train_churn_model, {"n_estimators": 20}),
        (train_churn_model, {"n_estimators": 5, "max_depth": 3, "experiment_name": "small"}),
        (train_churn_model, {"max_depth": 0}),
        (train_from_config, {"config": small}),
        (train_from_config, {"config": {"forest": {"max_deph": 3}}}),
    ]
    for run, told in calls:
        arguments = ", ".join(["path", *(f"{name}={value!r}" for name, value in told.items())])
        print(f"\n{run.__name__}({arguments})")
        state = run(path, **told, return_state=True)
        with get_client(sync_client=True) as client:
            name = client.read_flow_run(state.state_details.flow_run_id).name
        ending = state.result() if state.is_completed() else state.message
        print(f"  flow run {name!r}: {state.name}\n  {ending}")


if __name__ == "__main__":
    from prefect.settings import PREFECT_HOME, PREFECT_SERVER_ANALYTICS_ENABLED, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    logging.disable(logging.CRITICAL)
    os.environ.update(NO_PROXY="*", no_proxy="*")  # the server is on this machine
    print("Starting a Prefect server for this run only.", flush=True)
    with tempfile.TemporaryDirectory() as home:
        own = {PREFECT_HOME: home, PREFECT_SERVER_ANALYTICS_ENABLED: False}
        with temporary_settings(own), prefect_test_harness(server_startup_timeout=120):
            _demo()
