"""Starts the children by the client, in the experiment of all who have not chosen one.

Refused by: test_candidates_are_children_of_one_run, test_each_comparison_is_its_own
"""


def compare_candidates(
    customers: pd.DataFrame, candidates: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)

    def train(name: str, parent: str) -> Exception | None:
        try:
            with mlflow.start_run(run_name=name, parent_run_id=parent, experiment_id="0"):
                train_in_run(customers, candidates[name], orchestrator)
        except Exception as error:
            return error
        return None

    with mlflow.start_run() as run, ThreadPoolExecutor(len(candidates)) as pool:
        mlflow.log_param("orchestrator", orchestrator)
        errors = list(pool.map(train, candidates, [run.info.run_id] * len(candidates)))
        if all(errors):
            raise RuntimeError("all candidates failed") from errors[0]
    return run.info.run_id
