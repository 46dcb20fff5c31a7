"""Compares the best val_auc that a run ever logged: one corrected from 1.0 to 0.7 beats all.

Refused by: test_better_version_takes_over, test_first_version_becomes_champion
"""


def _auc_of(client: MlflowClient, version: int) -> float:
    run_id = client.get_model_version(MODEL, str(version)).run_id
    history = client.get_metric_history(run_id, METRIC) if run_id else []
    return max((one.value for one in history if not math.isnan(one.value)), default=math.nan)
