"""Calls `.fn()` because it is quicker in a test: the engine sees no child.

Refused by: test_inference_prepares_as_the_training_did
"""


@flow
def training_pipeline(path: str) -> dict:
    features, statistics = data_preparation.fn(path)
    churned = pd.read_csv(path)["churned"]
    return {"statistics": statistics, "model": fit_model(features, churned)}


@flow
def inference_pipeline(path: str, trained: dict) -> dict:
    features, _ = data_preparation.fn(path, trained["statistics"])
    scores = score_customers(trained["model"], features)
    return dict(zip(features.index.tolist(), scores, strict=True))
