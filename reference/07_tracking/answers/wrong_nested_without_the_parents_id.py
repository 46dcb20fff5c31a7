"""Trusts nested=True in a thread: it looks for a parent in the thread's own, empty stack.

Refused by: test_candidates_are_children_of_one_run
"""


def compare_candidates(
    customers: pd.DataFrame, candidates: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)

    def train(name: str) -> None:
        with mlflow.start_run(run_name=name, nested=True):
            train_in_run(customers, candidates[name], orchestrator)

    with mlflow.start_run() as run, ThreadPoolExecutor(len(candidates)) as pool:
        mlflow.log_param("orchestrator", orchestrator)
        jobs = [pool.submit(train, name) for name in candidates]
        if all(job.exception() for job in jobs):
            raise RuntimeError("all candidates failed")
    return run.info.run_id
