"""Catches the child's error "so that the nightly run stays green", and scores nobody.

Refused by: test_failing_child_fails_its_parent
"""


@flow
def inference_pipeline(path: str, trained: dict) -> dict:
    try:
        features, _ = data_preparation(path, trained["statistics"])
    except Exception as error:
        print(f"preparation failed: {error}")
        return {}
    scores = score_customers(trained["model"], features)
    return dict(zip(features.index.tolist(), scores, strict=True))
