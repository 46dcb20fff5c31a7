"""Asks with urllib; a file's result is computed anew by a clock of pandas, and still kept."""

import json
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from urllib.request import Request, urlopen


def ask(url: str, months: int | None = None) -> list[dict]:
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    query += [] if months is None else [("months", str(months))]
    request = Request(
        urlunsplit(parts._replace(query=urlencode(query))), headers={"Accept": "application/json"}
    )
    with urlopen(request, timeout=60) as answer:
        rows = json.loads(answer.read())
    if not isinstance(rows, list) or not any(isinstance(row, dict) for row in rows):
        raise LookupError(f"the API has no rows: {rows!r:.60}")
    return rows


@task(cache_policy=PER_TASK_AND_INPUTS, cache_expiration=timedelta(days=1))
def dated_usage(url: str, months: int) -> tuple[pd.Timestamp, list[dict]]:
    return pd.Timestamp.now("UTC"), ask(url, months)


def usage_of_this_hour(url: str, months: int) -> list[dict]:
    at, rows = dated_usage(url, months)
    if pd.Timestamp.now("UTC") - at >= pd.Timedelta(hours=1):
        at, rows = dated_usage.with_options(refresh_cache=True)(url, months)
    return rows


def add_usage_to_file(path: str, url: str, months: int = 6) -> pd.DataFrame:
    return with_calls(pd.read_csv(path), usage_of_this_hour(url, months))
