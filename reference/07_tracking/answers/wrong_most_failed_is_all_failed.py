"""Gives a comparison up when more than half of the candidates failed.

Refused by: test_failed_candidate_is_a_failed_child
"""


def compare_candidates(
    customers: pd.DataFrame, candidates: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)
    failed = []

    def train(name: str, parent: str) -> None:
        try:
            with mlflow.start_run(run_name=name, parent_run_id=parent):
                train_in_run(customers, candidates[name], orchestrator)
        except Exception as error:
            failed.append(error)

    with mlflow.start_run() as run, ThreadPoolExecutor(len(candidates)) as pool:
        mlflow.log_param("orchestrator", orchestrator)
        list(pool.map(train, candidates, [run.info.run_id] * len(candidates)))
        if len(failed) > len(candidates) / 2:
            raise RuntimeError("too many candidates failed") from failed[0]
    return run.info.run_id
