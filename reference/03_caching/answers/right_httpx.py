"""Asks with httpx, and hands the parameters on."""

import httpx


def ask(url: str, months: int | None = None) -> list[dict]:
    asked = httpx.URL(url) if months is None else httpx.URL(url).copy_add_param("months", months)
    with httpx.Client(timeout=90) as client:
        answer = client.get(asked)
    rows = answer.raise_for_status().json()
    if isinstance(rows, list) and rows and all(type(row) is dict for row in rows):
        return rows
    raise ValueError(f"no rows, but {answer.text[:80]}")
