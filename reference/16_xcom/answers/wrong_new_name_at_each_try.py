"""A name that nobody else can have; not even the retry.

Refused by: test_retry_writes_no_second_file
"""

import uuid


def extract_customers(source: str, workdir: str, run_id: str) -> dict:
    customers = pd.read_csv(source, dtype=str, keep_default_na=False)
    path = run_folder(workdir, run_id) / f"customers-{uuid.uuid4()}.csv"
    write_whole(customers, path)
    return {"path": str(path), "rows": len(customers)}
