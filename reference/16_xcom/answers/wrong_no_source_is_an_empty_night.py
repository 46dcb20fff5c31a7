"""Takes a source that is not there for a night without customers.

Refused by: test_no_source_is_an_error
"""

_afresh = extract_customers


def extract_customers(source: str, workdir: str, run_id: str) -> dict:
    if os.path.exists(source):
        return _afresh(source, workdir, run_id)
    path = run_folder(workdir, run_id) / "customers.csv"
    write_whole(pd.DataFrame(columns=["customer_id", *NUMBERS]), path)
    return {"path": str(path), "rows": 0}
