"""Is silent about mixed types while it reads, in two threads at once: all warnings stay silent.

Each puts back the filters that it has found, and the second one has found those of the first.

Refused by: test_report_compares_two_children_at_once
"""

import warnings

_read_customers = read_customers


def read_customers(path: str) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _read_customers(path)
