"""Uses the customers of the night before when the API is down.

Refused by: test_failed_night_costs_no_second_preparation, test_champion_is_asked_for_each_time
"""

_last: dict[str, pd.DataFrame] = {}
_prepare = data_preparation


def _prepared(url: str) -> pd.DataFrame:
    try:
        _last[url] = _prepare(url)
    except Exception:
        if url not in _last:
            raise
    return _last[url]


@flow
def training_pipeline(
    url: str,
    store: str,
    candidates: dict | None = None,
    min_auc: float = 0.7,
    at_most: float = 0.5,
) -> dict:
    features = _prepared(url)
    winner = compare_candidates(features, store, candidates)
    return {**release(winner, features, store, min_auc, at_most), "winner": winner["name"]}


@flow
def inference_pipeline(url: str, store: str) -> dict:
    features = _prepared(url)
    open_store(store)
    version = int(MlflowClient().get_model_version_by_alias(MODEL, CHAMPION).version)
    model = mlflow.sklearn.load_model(f"models:/{MODEL}/{version}")
    scores = model.predict_proba(features[COLUMNS])[:, 1].tolist()
    return {"version": version, "scores": dict(zip(features.index.tolist(), scores, strict=True))}
