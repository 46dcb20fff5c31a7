"""Opens the parent run without a block: it is never ended, whatever happens.

Refused by: test_candidates_are_children_of_one_run, test_no_candidate_left_is_an_error
"""


@flow
def compare_candidates(features: pd.DataFrame, store: str, candidates: dict | None = None) -> dict:
    open_store(store)
    client = MlflowClient()
    experiment = client.get_experiment_by_name(MODEL).experiment_id
    parent = client.create_run(experiment, run_name="comparison")
    client.log_param(parent.info.run_id, "orchestrator", "prefect")
    futures = [
        train_candidate.submit(name, settings, features, parent.info.run_id)
        for name, settings in (candidates or CANDIDATES).items()
    ]
    results = [future.result(raise_on_failure=False) for future in futures]
    trained = [result for result in results if isinstance(result, dict)]
    return max(trained, key=lambda result: result[METRIC])
