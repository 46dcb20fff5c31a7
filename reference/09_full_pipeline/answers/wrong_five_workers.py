"""Has five workers, as there are five candidates: the sixth waits.

Refused by: test_five_candidates_train_at_once
"""

from prefect.task_runners import ThreadPoolTaskRunner


@flow(task_runner=ThreadPoolTaskRunner(max_workers=5))
def compare_candidates(features: pd.DataFrame, store: str, candidates: dict | None = None) -> dict:
    open_store(store)
    with mlflow.start_run(run_name="comparison") as parent:
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
