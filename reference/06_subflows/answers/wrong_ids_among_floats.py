"""Ids and scores share an array of floats: beyond 2**53 the campaign calls a neighbour.

Refused by: test_inference_prepares_as_the_training_did
"""


@flow
def inference_pipeline(path: str, trained: dict) -> dict:
    features, _ = data_preparation(path, trained["statistics"])
    scores = score_customers(trained["model"], features)
    both = np.column_stack([features.index, scores])
    return {int(customer): float(score) for customer, score in both}
