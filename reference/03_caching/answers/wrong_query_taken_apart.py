"""Puts the query into a dict: of two regions the last is asked for, and half the calls are gone.

Refused by: test_other_months_or_url_ask_anew
"""

from urllib.parse import parse_qsl, urlsplit


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=HOUR)
def add_usage(customers: pd.DataFrame, url: str, months: int = 6) -> pd.DataFrame:
    query = dict(parse_qsl(urlsplit(url).query)) | {"months": months}
    response = requests.get(url.partition("?")[0], params=query, timeout=60)
    response.raise_for_status()
    rows = response.json()
    if not (isinstance(rows, list) and rows and isinstance(rows[0], dict)):
        raise ValueError(f"no rows: {rows!r}")
    return with_calls(customers, rows)
