"""Sorts who has left by the customer, and not the features: each learns from a neighbour.

Refused by: test_inference_prepares_as_the_training_did
"""


@flow
def training_pipeline(path: str) -> dict:
    features, statistics = data_preparation(path)
    churned = pd.read_csv(path).sort_values("customer_id")["churned"]
    return {"statistics": statistics, "model": fit_model(features, churned)}
