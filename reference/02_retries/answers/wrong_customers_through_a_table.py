"""Makes a table of the customers and a list of it again: blanks are NaN.

Refused by: test_no_kind_of_error_is_taken_for_customers
"""

import pandas as pd


@task(retries=3, retry_delay_seconds=60)
def load_customers(url: str) -> list[dict]:
    return pd.DataFrame(fetch(url)).to_dict("records")
