"""Hashes an array's text: of more than a thousand values NumPy writes the ends, and "...".

Refused by: test_one_changed_customer_is_a_new_result
"""

import numpy as np


def _text_key(context: TaskRunContext, arguments: dict) -> str:
    customers = arguments["customers"].reset_index()
    cells = [str(np.array([repr(one) for one in customers[name]])) for name in customers]
    kinds = {name: repr(one) for name, one in customers.dtypes.items()}
    rest = f"{kinds}|{cells}|{arguments['url']}|{arguments['months']}"
    return hashlib.sha256(rest.encode()).hexdigest()


@task(cache_key_fn=_text_key, cache_expiration=HOUR)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))
