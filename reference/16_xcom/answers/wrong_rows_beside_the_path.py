"""Hands on the rows besides, so that the next task need not read the file.

It works with 400 customers on a laptop; nothing stops it with two million.

Refused by: test_xcom_carries_a_reference
"""

_with_path_only = extract_customers


def extract_customers(source: str, workdir: str, run_id: str) -> dict:
    value = _with_path_only(source, workdir, run_id)
    return {**value, "customers": pd.read_csv(source).to_dict("records")}
