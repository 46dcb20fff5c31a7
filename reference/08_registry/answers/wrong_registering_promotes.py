"""Who does both in one go: what passes the gate is champion, whoever is champion now.

Refused by: test_registering_moves_no_alias
"""

_register_only = register_best


def register_best(tracking_uri: str, experiment: str, min_auc: float) -> int | None:
    version = _register_only(tracking_uri, experiment, min_auc)
    if version is not None:
        MlflowClient(tracking_uri).set_registered_model_alias("churn", "champion", str(version))
    return version
