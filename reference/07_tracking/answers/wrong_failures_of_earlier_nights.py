"""Keeps the list of failures in the module: last night's count tonight, too.

Refused by: test_each_comparison_is_its_own
"""

_failed = []


def compare_candidates(
    customers: pd.DataFrame, candidates: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)

    def train(name: str, parent: str) -> None:
        try:
            with mlflow.start_run(run_name=name, parent_run_id=parent):
                train_in_run(customers, candidates[name], orchestrator)
        except Exception as error:
            _failed.append(error)

    with mlflow.start_run() as run, ThreadPoolExecutor(len(candidates)) as pool:
        mlflow.log_param("orchestrator", orchestrator)
        list(pool.map(train, candidates, [run.info.run_id] * len(candidates)))
        if len(_failed) >= len(candidates):
            raise RuntimeError("all candidates failed") from _failed[0]
    return run.info.run_id
