"""Two flows with the same body today: a good copy, as a child, and still a copy.

Refused by: test_inference_prepares_as_the_training_did
"""


@flow
def inference_preparation(path: str, statistics: dict) -> tuple[pd.DataFrame, dict]:
    return data_preparation.fn(path, statistics)


@flow
def inference_pipeline(path: str, trained: dict) -> dict:
    features, _ = inference_preparation(path, trained["statistics"])
    scores = score_customers(trained["model"], features)
    return dict(zip(features.index.tolist(), scores, strict=True))
