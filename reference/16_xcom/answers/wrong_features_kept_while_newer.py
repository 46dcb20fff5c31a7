"""Keeps features that are newer than the export: one that was corrected may be older than they.

Refused by: test_features_are_made_from_the_reference
"""

_extract, _afresh = extract_customers, engineer_features


def extract_customers(source: str, workdir: str, run_id: str) -> dict:
    value = _extract(source, workdir, run_id)
    at = os.stat(source).st_mtime_ns
    os.utime(value["path"], ns=(at, at))
    return value


def engineer_features(customers: dict) -> dict:
    path = Path(customers["path"]).with_name("features.csv")
    if path.exists() and path.stat().st_mtime > os.stat(customers["path"]).st_mtime:
        numbers = pd.read_csv(path)[NUMBERS]
        means = {name: None if pd.isna(one) else float(one) for name, one in numbers.mean().items()}
        calls = int(numbers["support_calls"].sum())
        return {"path": str(path), "rows": len(numbers), "support_calls": calls, "means": means}
    return _afresh(customers)
