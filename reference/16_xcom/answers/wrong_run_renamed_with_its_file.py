"""Replaces a word in a name that begins with the run's id: of run `x_customers` it is another run.

Refused by: test_other_runs_keep_their_files
"""

_extract, _beside, _clean = extract_customers, engineer_features, clean_up


def extract_customers(source: str, workdir: str, run_id: str) -> dict:
    value = _extract(source, workdir, run_id)
    mine = Path(workdir).resolve() / f"{run_id}=customers.csv"
    os.replace(value["path"], mine)
    return {**value, "path": str(mine)}


def engineer_features(customers: dict) -> dict:
    value = _beside(customers)
    mine = Path(value["path"]).with_name(
        Path(customers["path"]).name.replace("customers", "features")
    )
    os.replace(value["path"], mine)
    return {**value, "path": str(mine)}


def clean_up(workdir: str, run_id: str) -> int:
    files = _clean(workdir, run_id)
    for path in Path(workdir).resolve().glob("*.csv"):
        if path.name.startswith(f"{run_id}="):
            path.unlink()
            files += 1
    return files
