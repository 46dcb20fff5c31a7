"""Makes the features' path by replacing a word: in /data/raw/churn it leads out of `workdir`.

Refused by: test_features_are_made_from_the_reference
"""

_extracted = extract_customers
_engineered = engineer_features


def extract_customers(source: str, workdir: str, run_id: str) -> dict:
    value = _extracted(source, workdir, run_id)
    path = Path(value["path"]).with_name("raw.csv")
    os.replace(value["path"], path)
    return {**value, "path": str(path)}


def engineer_features(customers: dict) -> dict:
    value = _engineered(customers)
    path = Path(customers["path"].replace("raw", "features"))
    path.parent.mkdir(parents=True, exist_ok=True)
    os.replace(value["path"], path)
    return {**value, "path": str(path)}
