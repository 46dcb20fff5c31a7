"""Who leaves out the time-out: `requests` waits for ever, and a run that waits has not failed.

Refused by: test_rerun_after_failed_training_costs_nothing, test_same_content_is_paid_once,
    test_touched_file_costs_nothing, test_good_answer_lives_one_hour,
    test_other_months_or_url_of_a_figure_ask_anew
"""


def ask(url: str, months: int | None = None) -> list[dict]:
    response = requests.get(url, params={"months": months})
    response.raise_for_status()
    rows = response.json()
    if not (isinstance(rows, list) and rows and isinstance(rows[0], dict)):
        raise ValueError(f"no usage: {rows!r}")
    return rows
