"""Takes a deleted run for one without a metric: after the cleaning anything beats the champion.

Refused by: test_champion_stays_unless_beaten
"""


def _auc_of(client: MlflowClient, version: int) -> float:
    run_id = client.get_model_version(MODEL, str(version)).run_id
    run = client.get_run(run_id) if run_id else None
    if run is None or run.info.lifecycle_stage != "active":
        return math.nan
    return run.data.metrics.get(METRIC, math.nan)
