"""Asks MLflow for the latest version of the stage None: the newest one is none of these once
old code has put it into a stage.

Refused by: test_newest_version_can_be_rehearsed
"""

import warnings

_score_customers = score_customers


def score_customers(tracking_uri, customers, which="champion"):
    if which != "latest":
        return _score_customers(tracking_uri, customers, which)
    mlflow.set_tracking_uri(tracking_uri)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        [newest] = MlflowClient(tracking_uri).get_latest_versions(MODEL, stages=["None"])
    model = mlflow.sklearn.load_model(f"models:/{MODEL}/{newest.version}")
    return int(newest.version), model.predict_proba(customers)[:, 1].tolist()
