"""No folder a run: all files side by side, their names from a digest of the run's id."""

import hashlib


def run_prefix(run_id: str) -> str:
    return hashlib.sha256(run_id.encode()).hexdigest()


def extract_customers(source: str, workdir: str, run_id: str) -> dict:
    customers = pd.read_csv(source, dtype=str, keep_default_na=False)
    path = Path(workdir).absolute() / f"{run_prefix(run_id)}-customers.csv"
    write_whole(customers, path)
    return {"path": str(path), "rows": len(customers)}


_beside = engineer_features


def engineer_features(customers: dict) -> dict:
    value = _beside(customers)
    mine = customers["path"].replace("-customers.csv", "-features.csv")
    os.replace(value["path"], mine)
    return {**value, "path": mine}


def clean_up(workdir: str, run_id: str) -> int:
    removed = 0
    for path in Path(workdir).glob("*"):
        if path.name.lstrip(".").startswith(run_prefix(run_id)):
            path.unlink()
            removed += 1
    return removed
