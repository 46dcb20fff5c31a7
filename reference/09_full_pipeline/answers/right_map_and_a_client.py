"""Maps the candidates, keeps the parent run by its id, and judges by the tasks' states."""

from prefect import unmapped


@flow(name="comparison")
def compare_candidates(features: pd.DataFrame, store: str, candidates: dict | None = None) -> dict:
    open_store(store)
    asked = candidates or CANDIDATES
    client = MlflowClient()
    experiment = client.get_experiment_by_name(MODEL).experiment_id
    parent = client.create_run(experiment, tags={"orchestrator": "prefect"}).info.run_id
    trained = []
    try:
        futures = train_candidate.map(list(asked), list(asked.values()), unmapped(features), parent)
        futures.wait()
        trained = [future.result() for future in futures if future.state.is_completed()]
    finally:
        client.set_terminated(parent, "FINISHED" if trained else "FAILED")
    return sorted(trained, key=lambda result: result[METRIC])[-1]
