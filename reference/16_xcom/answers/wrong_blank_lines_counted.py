"""Counts the lines of the file: blank ones are no customers.

Refused by: test_xcom_carries_a_reference
"""

_counted = extract_customers


def extract_customers(source: str, workdir: str, run_id: str) -> dict:
    value = _counted(source, workdir, run_id)
    with open(source, encoding="utf-8", newline="") as file:
        return {**value, "rows": len(list(csv.reader(file))) - 1}
