"""Reads with pandas' own guesses, and writes what it guessed: the postcode 01400 is 1400.

Refused by: test_xcom_carries_a_reference
"""


def extract_customers(source: str, workdir: str, run_id: str) -> dict:
    customers = pd.read_csv(source)
    path = run_folder(workdir, run_id) / "customers.csv"
    write_whole(customers, path)
    return {"path": str(path), "rows": len(customers)}
