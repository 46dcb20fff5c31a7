"""Catches a candidate's error before its run sees it: a Finished run without metrics.

Refused by: test_failed_candidate_is_a_failed_child, test_comparison_fails_when_all_fail
"""


def compare_candidates(
    customers: pd.DataFrame, candidates: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)

    def train(name: str, parent: str) -> None:
        with mlflow.start_run(run_name=name, parent_run_id=parent):
            try:
                train_in_run(customers, candidates[name], orchestrator)
            except ValueError as error:
                print(f"{name} failed: {error}")

    with mlflow.start_run() as run, ThreadPoolExecutor(len(candidates)) as pool:
        mlflow.log_param("orchestrator", orchestrator)
        list(pool.map(train, candidates, [run.info.run_id] * len(candidates)))
    return run.info.run_id
