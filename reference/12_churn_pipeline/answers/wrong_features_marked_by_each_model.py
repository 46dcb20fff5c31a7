"""Notes in the shared features which model has seen them: a column more for whoever uses them next.

Refused by: test_three_models_train_at_once
"""

import pandas as pd
from prefect import task

_train_model = train_model.fn


@task
def train_model(name: str, features: pd.DataFrame, n_estimators: int, max_depth: int) -> dict:
    trained = _train_model(name, features, n_estimators, max_depth)
    features[f"seen by {name}"] = 1.0
    return trained
