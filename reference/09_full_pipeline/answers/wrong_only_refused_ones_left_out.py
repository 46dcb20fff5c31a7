"""Leaves out who was refused; any other error is everybody's.

Refused by: test_best_one_wins_though_another_failed
"""

import contextlib


@flow
def compare_candidates(features: pd.DataFrame, store: str, candidates: dict | None = None) -> dict:
    open_store(store)
    with mlflow.start_run(run_name="comparison") as parent:
        mlflow.log_param("orchestrator", "prefect")
        futures = [
            train_candidate.submit(name, settings, features, parent.info.run_id)
            for name, settings in (candidates or CANDIDATES).items()
        ]
        results = []
        for future in futures:
            with contextlib.suppress(ValueError):
                results.append(future.result())
        trained = results
        if not trained:
            raise RuntimeError("all candidates failed")
    return max(trained, key=lambda result: result[METRIC])
