"""Keeps what it has loaded for as long as the worker lives, by version and address: a model that
may no longer be loaded goes on scoring.

Refused by: test_missing_champion_is_an_error
"""

LOADED = {}


def score_customers(tracking_uri, customers, which="champion"):
    mlflow.set_tracking_uri(tracking_uri)
    client = MlflowClient(tracking_uri)
    if which == "latest":
        versions = client.search_model_versions(f"name = '{MODEL}'")
        version = max(int(one.version) for one in versions)
    else:
        version = int(client.get_model_version_by_alias(MODEL, which).version)
    place = client.get_model_version_download_uri(MODEL, str(version))
    key = (tracking_uri, version, place)
    if key not in LOADED:
        LOADED[key] = mlflow.sklearn.load_model(f"models:/{MODEL}/{version}")
    return version, LOADED[key].predict_proba(customers)[:, 1].tolist()
