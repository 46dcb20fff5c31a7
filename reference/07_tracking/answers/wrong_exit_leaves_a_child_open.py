"""Opens each child by hand and ends it for an Exception only: SystemExit leaves it running.

Refused by: test_failed_candidate_is_a_failed_child
"""


def compare_candidates(
    customers: pd.DataFrame, candidates: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)

    def train(name: str, parent: str) -> None:
        mlflow.start_run(run_name=name, parent_run_id=parent)
        try:
            train_in_run(customers, candidates[name], orchestrator)
        except Exception:
            mlflow.end_run("FAILED")
            raise
        mlflow.end_run()

    with mlflow.start_run() as run:
        mlflow.log_param("orchestrator", orchestrator)
        with ThreadPoolExecutor(len(candidates)) as pool:
            jobs = [pool.submit(train, name, run.info.run_id) for name in candidates]
        errors = [job.exception() for job in jobs]
        if all(errors):
            raise RuntimeError("all candidates failed") from errors[0]
    return run.info.run_id
