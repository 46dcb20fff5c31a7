"""Starts threads by hand, and writes the parent's id into the tag that parent_run_id would set."""

import threading


def compare_candidates(
    customers: pd.DataFrame, candidates: dict, store: str, experiment: str, orchestrator: str
) -> str:
    open_experiment(store, experiment)
    failed = []

    def train(name: str, tags: dict) -> None:
        try:
            with mlflow.start_run(run_name=name, tags=tags, nested=True):
                train_in_run(customers, candidates[name], orchestrator)
        except BaseException as error:
            failed.append(error)

    with mlflow.start_run(run_name=f"{len(candidates)} candidates") as run:
        mlflow.set_tag("orchestrator", orchestrator)
        tags = {"mlflow.parentRunId": run.info.run_id}
        threads = [threading.Thread(target=train, args=(name, tags)) for name in candidates]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if len(failed) == len(candidates):
            raise failed[0]
    return run.info.run_id
