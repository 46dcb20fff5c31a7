"""Asks MLflow who is best: a training that broke after its metric wins, and has no model.

Refused by: test_best_one_wins_though_another_failed
"""

_compare = compare_candidates.fn


@flow
def compare_candidates(features: pd.DataFrame, store: str, candidates: dict | None = None) -> dict:
    winner = _compare(features, store, candidates)
    parent = MlflowClient().get_run(winner["run_id"]).data.tags["mlflow.parentRunId"]
    children = MlflowClient().search_runs(
        [mlflow.get_experiment_by_name(MODEL).experiment_id],
        f"tags.mlflow.parentRunId = '{parent}'",
        order_by=[f"metrics.{METRIC} DESC"],
    )
    best = children[0]
    return {
        "name": best.info.run_name,
        "run_id": best.info.run_id,
        METRIC: best.data.metrics.get(METRIC),
    }
