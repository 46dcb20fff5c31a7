"""Files the comparisons apart: the parent is on another page than its children.

Refused by: test_candidates_are_children_of_one_run
"""


@flow
def compare_candidates(features: pd.DataFrame, store: str, candidates: dict | None = None) -> dict:
    open_store(store)
    with mlflow.start_run(experiment_id="0", run_name="comparison") as parent:
        mlflow.log_param("orchestrator", "prefect")
        futures = [
            train_candidate.submit(name, settings, features, parent.info.run_id)
            for name, settings in (candidates or CANDIDATES).items()
        ]
        results = [future.result(raise_on_failure=False) for future in futures]
        trained = [result for result in results if isinstance(result, dict)]
        if not trained:
            raise RuntimeError("all candidates failed")
    return max(trained, key=lambda result: result[METRIC])
