"""Calls the tasks: nothing depends on anything, "so the engine will run them together".

Refused by: test_five_candidates_train_at_once
"""


@flow
def compare_candidates(features: pd.DataFrame, store: str, candidates: dict | None = None) -> dict:
    open_store(store)
    trained = []
    with mlflow.start_run(run_name="comparison") as parent:
        mlflow.log_param("orchestrator", "prefect")
        for name, settings in (candidates or CANDIDATES).items():
            try:
                trained.append(train_candidate(name, settings, features, parent.info.run_id))
            except ValueError:
                print(f"{name} failed")
        if not trained:
            raise RuntimeError("all candidates failed")
    return max(trained, key=lambda result: result[METRIC])
