"""Asks each future for its result: the first that failed takes the others along.

Refused by: test_best_one_wins_though_another_failed
"""


@flow
def compare_candidates(features: pd.DataFrame, store: str, candidates: dict | None = None) -> dict:
    open_store(store)
    with mlflow.start_run(run_name="comparison") as parent:
        mlflow.log_param("orchestrator", "prefect")
        futures = [
            train_candidate.submit(name, settings, features, parent.info.run_id)
            for name, settings in (candidates or CANDIDATES).items()
        ]
        return max((future.result() for future in futures), key=lambda result: result[METRIC])
