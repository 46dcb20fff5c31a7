"""Picks and parts the rows once for all: without a column, no candidate of that night has a run.

Refused by: test_comparison_fails_when_all_fail
"""


def compare_candidates(
    customers: pd.DataFrame, candidates: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)
    with mlflow.start_run() as run:
        mlflow.log_param("orchestrator", orchestrator)
        rows, held_out = split(customers[[*FEATURES, "churned"]])

        def train(name: str, parent: str) -> None:
            with mlflow.start_run(run_name=name, parent_run_id=parent):
                mlflow.log_params({**candidates[name], "orchestrator": orchestrator})
                accuracy, loss = measure(fit_forest(rows, candidates[name]), held_out)
                mlflow.log_metrics({"val_accuracy": accuracy, "val_log_loss": loss})

        with ThreadPoolExecutor(len(candidates)) as pool:
            jobs = [pool.submit(train, name, run.info.run_id) for name in candidates]
        if all(job.exception() for job in jobs):
            raise RuntimeError("all candidates failed")
    return run.info.run_id
