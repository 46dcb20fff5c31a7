"""Asks the store whether any run has finished since: a colleague's has, and no model was trained.

Refused by: test_comparison_fails_when_all_fail
"""

import contextlib


def compare_candidates(
    customers: pd.DataFrame, candidates: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)

    def train(name: str, parent: str) -> None:
        with contextlib.suppress(BaseException):
            with mlflow.start_run(run_name=name, parent_run_id=parent):
                train_in_run(customers, candidates[name], orchestrator)

    with mlflow.start_run() as run, ThreadPoolExecutor(len(candidates)) as pool:
        mlflow.log_param("orchestrator", orchestrator)
        list(pool.map(train, candidates, [run.info.run_id] * len(candidates)))
        since = f"status = 'FINISHED' and attributes.start_time >= {run.info.start_time}"
        if not mlflow.search_runs([run.info.experiment_id], since, output_format="list"):
            raise RuntimeError("all candidates failed")
    return run.info.run_id
