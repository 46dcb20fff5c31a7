"""Puts a run's files into a folder of the day: the retry after midnight makes a second table.

Refused by: test_retry_writes_no_second_file
"""

import datetime


def extract_customers(source: str, workdir: str, run_id: str) -> dict:
    customers = pd.read_csv(source, dtype=str, keep_default_na=False)
    path = run_folder(workdir, run_id) / datetime.date.today().isoformat() / "customers.csv"
    write_whole(customers, path)
    return {"path": str(path), "rows": len(customers)}
