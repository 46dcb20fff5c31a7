"""Writes to where the next task reads, and removes it if that fails. A kill has no `except`.

Refused by: test_killed_write_leaves_the_old_file_whole
"""


def extract_customers(source: str, workdir: str, run_id: str) -> dict:
    customers = pd.read_csv(source, dtype=str, keep_default_na=False)
    path = run_folder(workdir, run_id) / "customers.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        customers.to_csv(path, index=False)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return {"path": str(path), "rows": len(customers)}
