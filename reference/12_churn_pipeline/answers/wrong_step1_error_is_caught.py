"""Catches whatever happens, prints it, and returns an empty result: the run is green.

Refused by: test_bad_day_fails_at_the_task_that_failed
"""

whole_night = training_pipeline


@flow(log_prints=True)
def training_pipeline(
    url: str, store: str, n_estimators: int = 20, max_depth: int = 3, min_auc: float = 0.7
) -> dict:
    try:
        return whole_night.fn(url, store, n_estimators, max_depth, min_auc)
    except Exception as error:
        print(f"something went wrong: {error}")
        return {}
