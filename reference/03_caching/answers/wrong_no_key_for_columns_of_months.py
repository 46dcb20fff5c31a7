"""Writes the names of columns as JSON: with dates for names there is no key, and each call pays.

Refused by: test_same_content_is_paid_once
Holds for: pandas>=3
"""

import json


def _json_key(context: TaskRunContext, arguments: dict) -> str:
    customers = arguments["customers"]
    names = json.dumps(customers.columns.tolist())
    columns = [(repr(one.dtype), one.tolist()) for _, one in customers.items()]
    rest = f"{names}|{customers.index.tolist()}|{columns}|{arguments['url']}|{arguments['months']}"
    return hashlib.sha256(rest.encode()).hexdigest()


@task(cache_key_fn=_json_key, cache_expiration=HOUR)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(customers, ask(url, months))
