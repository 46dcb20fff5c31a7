"""Inference calls the shared preparation like the training does: without statistics.

Same code, another scale: each night is compared with itself.

Refused by: test_inference_prepares_as_the_training_did
"""


@flow
def inference_pipeline(path: str, trained: dict) -> dict:
    features, fresh = data_preparation(path)
    features = features.reindex(columns=training_columns(trained), fill_value=0.0)
    scores = score_customers(trained["model"], features)
    return dict(zip(features.index.tolist(), scores, strict=True))


def training_columns(trained: dict) -> list[str]:
    return NUMBERS + [f"contract_{name}" for name in trained["statistics"]["contracts"]]
