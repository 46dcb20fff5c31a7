"""Trains five at once: tonight there are five candidates, next month there are eight.

Refused by: test_candidates_are_trained_at_once
"""


def compare_candidates(
    customers: pd.DataFrame, candidates: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)

    def train(name, parent):
        try:
            with mlflow.start_run(run_name=name, parent_run_id=parent):
                train_in_run(customers, candidates[name], orchestrator)
        except Exception as error:
            return error

    with mlflow.start_run() as run, ThreadPoolExecutor(max_workers=5) as pool:
        mlflow.log_param("orchestrator", orchestrator)
        errors = list(pool.map(train, candidates, [run.info.run_id] * len(candidates)))
        if all(errors):
            raise RuntimeError("all candidates failed") from errors[0]
    return run.info.run_id
