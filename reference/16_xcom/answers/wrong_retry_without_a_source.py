"""Takes the file of the first try when the source is gone: nobody is told that it is gone.

Refused by: test_no_source_is_an_error
"""

_afresh = extract_customers


def extract_customers(source: str, workdir: str, run_id: str) -> dict:
    path = run_folder(workdir, run_id) / "customers.csv"
    if path.exists() and not os.path.exists(source):
        return {"path": str(path), "rows": len(pd.read_csv(path))}
    return _afresh(source, workdir, run_id)
