"""Counts Exceptions only: if one of the failed was stopped by the orchestrator, nothing is wrong.

Refused by: test_comparison_fails_when_all_fail
"""


def compare_candidates(
    customers: pd.DataFrame, candidates: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)

    def train(name: str, parent: str) -> None:
        with mlflow.start_run(run_name=name, parent_run_id=parent):
            train_in_run(customers, candidates[name], orchestrator)

    with mlflow.start_run() as run:
        mlflow.log_param("orchestrator", orchestrator)
        with ThreadPoolExecutor(len(candidates)) as pool:
            jobs = [pool.submit(train, name, run.info.run_id) for name in candidates]
        if all(isinstance(job.exception(), Exception) for job in jobs):
            raise RuntimeError("all candidates failed")
    return run.info.run_id
