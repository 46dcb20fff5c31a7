"""Leaves out lines with a field too few: what pandas reads with a blank is in no report.

Refused by: test_customers_are_read_from_the_path
"""

import csv

_load = load_customers.fn


@task
def load_customers(path: str) -> pd.DataFrame:
    customers = _load(path)
    with open(path, encoding="utf-8", newline="") as file:
        lengths = [len(line) for line in csv.reader(file) if line]
    return customers[[one == lengths[0] for one in lengths[1:]]]
