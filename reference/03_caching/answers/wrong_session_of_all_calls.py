"""Keeps one session: who asks for the second client is known by the cookie of the first one.

Refused by: test_other_address_is_loaded_too, test_other_months_or_url_ask_anew,
    test_other_months_or_url_of_a_file_ask_anew, test_usage_of_another_address_is_loaded_too,
    test_other_months_or_url_of_a_figure_ask_anew
"""

SESSION = requests.Session()
SESSION.headers["Connection"] = "close"


def ask(url: str, months: int | None = None) -> list[dict]:
    response = SESSION.get(url, params={"months": months}, timeout=60)
    response.raise_for_status()
    rows = response.json()
    if not (isinstance(rows, list) and rows and isinstance(rows[0], dict)):
        raise ValueError(f"{url} answered {response.status_code} without rows: {rows!r}")
    return rows
