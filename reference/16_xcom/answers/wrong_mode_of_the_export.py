"""Copies the export with its mode: what only its owner could read, the next task cannot.

Refused by: test_xcom_carries_a_reference
"""


def extract_customers(source: str, workdir: str, run_id: str) -> dict:
    path = run_folder(workdir, run_id) / "customers.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    try:
        shutil.copy(source, part)
        rows = len(pd.read_csv(part, dtype=str, keep_default_na=False))
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return {"path": str(path), "rows": rows}
