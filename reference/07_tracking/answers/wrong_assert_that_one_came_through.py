"""Says by an `assert` that all have failed: `python -O` leaves it out, and that night is green.

Refused by: test_comparison_fails_when_all_fail
"""


def compare_candidates(
    customers: pd.DataFrame, candidates: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)

    def train(name: str, parent: str) -> bool:
        try:
            with mlflow.start_run(run_name=name, parent_run_id=parent):
                train_in_run(customers, candidates[name], orchestrator)
        except BaseException:
            return False
        return True

    with mlflow.start_run() as run, ThreadPoolExecutor(len(candidates)) as pool:
        mlflow.log_param("orchestrator", orchestrator)
        came_through = list(pool.map(train, candidates, [run.info.run_id] * len(candidates)))
        assert any(came_through), "all candidates failed"
    return run.info.run_id
