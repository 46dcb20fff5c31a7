"""Ends the parent run when all is well and when an Exception comes: a Ctrl-C is neither.

A comparison that was stopped with its worker counts as running for ever.

Refused by: test_no_candidate_left_is_an_error
"""


@flow
def compare_candidates(features: pd.DataFrame, store: str, candidates: dict | None = None) -> dict:
    open_store(store)
    client = MlflowClient()
    experiment = client.get_experiment_by_name(MODEL).experiment_id
    parent = client.create_run(experiment, run_name="comparison").info.run_id
    client.log_param(parent, "orchestrator", "prefect")
    try:
        futures = [
            train_candidate.submit(name, settings, features, parent)
            for name, settings in (candidates or CANDIDATES).items()
        ]
        results = [future.result(raise_on_failure=False) for future in futures]
        best = max((one for one in results if isinstance(one, dict)), key=lambda one: one[METRIC])
    except Exception:
        client.set_terminated(parent, "FAILED")
        raise
    client.set_terminated(parent)
    return best
