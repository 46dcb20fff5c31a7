"""Leaves out customers with a blank, "to be safe": other rows are learnt from and held out.

Refused by: test_metrics_are_of_held_out_customers
"""

_track_training = track_training


def track_training(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    return _track_training(customers.dropna(), params, store, experiment, orchestrator)
