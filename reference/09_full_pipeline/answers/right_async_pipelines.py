"""Writes both pipelines as coroutines, and scores in a task of its own."""


@flow
async def training_pipeline(
    url: str,
    store: str,
    candidates: dict | None = None,
    min_auc: float = 0.7,
    at_most: float = 0.5,
) -> dict:
    features = data_preparation(url)
    winner = compare_candidates(features, store, candidates)
    released = release(winner, features, store, min_auc, at_most)
    released["winner"] = winner["name"]
    return released


@task
def score(features: pd.DataFrame) -> tuple[int, dict]:
    version = MlflowClient().get_model_version_by_alias(MODEL, CHAMPION).version
    model = mlflow.sklearn.load_model(f"models:/{MODEL}/{version}")
    return int(version), dict(zip(features.index, model.predict_proba(features[COLUMNS])[:, 1]))


@flow
async def inference_pipeline(url: str, store: str) -> dict:
    features = data_preparation(url)
    open_store(store)
    version, scores = score(features)
    return {"version": version, "scores": scores}
