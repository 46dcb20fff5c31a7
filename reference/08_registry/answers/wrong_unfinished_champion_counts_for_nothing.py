"""Uses one helper for all: a champion whose run was opened again has no metric, any model beats it.

Refused by: test_champion_stays_unless_beaten
"""

_auc_of_any = _auc_of


def _auc_of(client: MlflowClient, version: int) -> float:
    run_id = client.get_model_version(MODEL, str(version)).run_id
    if run_id and client.get_run(run_id).info.status != "FINISHED":
        return math.nan
    return _auc_of_any(client, version)
