"""The probabilities are rounded to three digits: the top of the list is all alike.

Refused by: test_inference_prepares_as_the_training_did
"""


@flow
def inference_pipeline(path: str, trained: dict) -> dict:
    features, _ = data_preparation(path, trained["statistics"])
    scores = [round(one, 3) for one in score_customers(trained["model"], features)]
    return dict(zip(features.index.tolist(), scores, strict=True))
