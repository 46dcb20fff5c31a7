"""Makes the features again, as they were in March.

Refused by: test_inference_prepares_as_training_does
"""


@flow(log_prints=True)
def inference_pipeline(url: str, store: str) -> dict:
    features = pd.DataFrame(load_customers(url)).set_index("customer_id")
    features["committed"] = features["contract"].isin(["1 year", "2 years"])
    open_store(store)
    model = mlflow.sklearn.load_model(f"models:/{MODEL}@{CHAMPION}")
    scores = model.predict_proba(features[COLUMNS].astype(float))[:, 1].tolist()
    return dict(zip(features.index.tolist(), scores, strict=True))
