"""Trains in threads, which need no run, and writes the child runs in the main thread afterwards.

Only a refused setting counts as a failed candidate; any other error ends the night.

Refused by: test_candidates_are_trained_at_once, test_failed_candidate_is_a_failed_child
"""


def compare_candidates(
    customers: pd.DataFrame, candidates: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)
    rows, held_out = split(customers)

    def train(name: str) -> RandomForestClassifier | ValueError:
        try:
            return fit_forest(rows, candidates[name])
        except ValueError as error:
            return error

    with mlflow.start_run() as run, ThreadPoolExecutor(len(candidates)) as pool:
        mlflow.log_param("orchestrator", orchestrator)
        models = dict(zip(candidates, pool.map(train, candidates)))
        for name, model in models.items():
            try:
                with mlflow.start_run(run_name=name, nested=True):
                    mlflow.log_params({**candidates[name], "orchestrator": orchestrator})
                    if isinstance(model, ValueError):
                        raise model
                    accuracy, loss = measure(model, held_out)
                    mlflow.log_metrics({"val_accuracy": accuracy, "val_log_loss": loss})
            except ValueError:
                continue
        if all(isinstance(model, ValueError) for model in models.values()):
            raise RuntimeError("all candidates failed")
    return run.info.run_id
