"""Gives each candidate a quarter of an hour: who is slower trains on, and never wins.

Refused by: test_five_candidates_train_at_once
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
        trained = []
        for future in futures:
            try:
                trained.append(future.result(timeout=900))
            except Exception:
                continue
        if not trained:
            raise RuntimeError("all candidates failed")
    return max(trained, key=lambda result: result[METRIC])
