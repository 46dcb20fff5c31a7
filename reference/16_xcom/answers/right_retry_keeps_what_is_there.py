"""A retry finds the whole file, because only whole ones get that name, and writes nothing."""

_afresh = extract_customers


def extract_customers(source: str, workdir: str, run_id: str) -> dict:
    path = run_folder(workdir, run_id) / "customers.csv"
    if path.exists() and os.path.exists(source):
        return {"path": str(path), "rows": len(pd.read_csv(path))}
    return _afresh(source, workdir, run_id)
