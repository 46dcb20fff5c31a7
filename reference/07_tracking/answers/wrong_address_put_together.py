"""Puts the model's path together from the store, as if each experiment kept its models there.

Refused by: test_address_leads_to_the_same_model_tomorrow
"""

_track_model = track_model


def track_model(
    customers: pd.DataFrame, params: dict, store: str, experiment: str, orchestrator: str
) -> str:
    address = _track_model(customers, params, store, experiment, orchestrator)
    return str(Path(store, "artifacts", "models", address.removeprefix("models:/"), "artifacts"))
