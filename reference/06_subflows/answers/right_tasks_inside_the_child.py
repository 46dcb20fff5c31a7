"""Tasks within the child, a child more in the training, and a failed state passed on."""


@task
def load_customers(path: str) -> pd.DataFrame:
    return read_customers(path)


@task
def make_features(customers: pd.DataFrame, statistics: dict) -> pd.DataFrame:
    means, stds = (pd.Series(statistics[kind], NUMBERS) for kind in ("means", "stds"))
    features = (customers[NUMBERS].fillna(means) - means) / stds
    for name in statistics["contracts"]:
        features[f"contract_{name}"] = (customers["contract"] == name).astype(float)
    return features


@flow
def data_preparation(path: str, statistics: dict | None = None) -> tuple[pd.DataFrame, dict]:
    customers = load_customers(path)
    statistics = statistics or learn_statistics(customers)
    return make_features(customers, statistics), statistics


@flow
def model_training(features: pd.DataFrame, path: str) -> dict:
    return fit_model(features, pd.read_csv(path)["churned"])


@flow
def training_pipeline(path: str) -> dict:
    state = data_preparation(path, return_state=True)
    if state.is_failed():
        return state
    features, statistics = state.result()
    return {"statistics": statistics, "model": model_training(features, path)}
