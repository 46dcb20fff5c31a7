"""Looks for the best run's version before it asks the gate: a raised gate lets the old one out.

Refused by: test_second_call_registers_nothing_new
"""

_register_best = register_best


def register_best(tracking_uri: str, experiment: str, min_auc: float) -> int | None:
    mlflow.set_tracking_uri(tracking_uri)
    runs = mlflow.search_runs(
        experiment_names=[experiment],
        filter_string=f"attributes.status = 'FINISHED' and metrics.{METRIC} >= 0",
        order_by=[f"metrics.{METRIC} DESC"],
        output_format="list",
    )
    runs = [run for run in runs if not math.isnan(run.data.metrics[METRIC])]
    if runs:
        same_run = f"name = '{MODEL}' and run_id = '{runs[0].info.run_id}'"
        for known in MlflowClient(tracking_uri).search_model_versions(same_run):
            return int(known.version)
    return _register_best(tracking_uri, experiment, min_auc)
