"""Opens all children before it starts their threads: when the store refuses one, the others stay.

Refused by: test_candidates_are_trained_at_once
"""


def compare_candidates(
    customers: pd.DataFrame, candidates: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)

    def train(name: str, run_id: str) -> BaseException | None:
        try:
            with mlflow.start_run(run_id=run_id):
                train_in_run(customers, candidates[name], orchestrator)
        except BaseException as error:
            return error
        return None

    with mlflow.start_run() as run, ThreadPoolExecutor(len(candidates)) as pool:
        mlflow.log_param("orchestrator", orchestrator)
        tags = {"mlflow.parentRunId": run.info.run_id}
        client, where = mlflow.MlflowClient(), run.info.experiment_id
        children = [client.create_run(where, tags=tags, run_name=name) for name in candidates]
        errors = list(pool.map(train, candidates, [one.info.run_id for one in children]))
        if all(errors):
            raise RuntimeError("all candidates failed") from errors[0]
    return run.info.run_id
