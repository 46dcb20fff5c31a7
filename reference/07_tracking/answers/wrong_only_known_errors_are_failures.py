"""Counts a candidate as failed for the errors that were seen so far; another one ends the night.

Refused by: test_failed_candidate_is_a_failed_child
"""


def compare_candidates(
    customers: pd.DataFrame, candidates: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)

    def train(name: str, parent: str) -> Exception | None:
        try:
            with mlflow.start_run(run_name=name, parent_run_id=parent):
                train_in_run(customers, candidates[name], orchestrator)
        except (ValueError, TypeError) as error:
            return error
        return None

    with mlflow.start_run() as run, ThreadPoolExecutor(len(candidates)) as pool:
        mlflow.log_param("orchestrator", orchestrator)
        errors = list(pool.map(train, candidates, [run.info.run_id] * len(candidates)))
        if all(errors):
            raise RuntimeError("all candidates failed") from errors[0]
    return run.info.run_id
