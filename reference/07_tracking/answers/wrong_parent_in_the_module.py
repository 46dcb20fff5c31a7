"""Hands the parent's id on in a variable of the module: two comparisons at once mix their children.

Refused by: test_each_comparison_is_its_own
"""

PARENT = {}


def compare_candidates(
    customers: pd.DataFrame, candidates: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)

    def train(name: str) -> BaseException | None:
        try:
            with mlflow.start_run(run_name=name, parent_run_id=PARENT["id"]):
                train_in_run(customers, candidates[name], orchestrator)
        except BaseException as error:
            return error
        return None

    with mlflow.start_run() as run, ThreadPoolExecutor(len(candidates)) as pool:
        mlflow.log_param("orchestrator", orchestrator)
        PARENT["id"] = run.info.run_id
        errors = list(pool.map(train, candidates))
        if all(errors):
            raise RuntimeError("all candidates failed") from errors[0]
    return run.info.run_id
