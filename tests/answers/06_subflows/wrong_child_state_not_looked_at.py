"""Asks for the child's state instead of its value, and returns early when it has failed.

Nothing was raised and no failed state returned: the parent is Completed.

Refused by: test_failing_child_fails_its_parent
"""


@flow
def training_pipeline(path: str) -> dict:
    state = data_preparation(path, return_state=True)
    if not state.is_completed():
        return {"statistics": None, "model": None}
    features, statistics = state.result()
    churned = pd.read_csv(path)["churned"]
    return {"statistics": statistics, "model": fit_model(features, churned)}
