"""Shows which webhook it was as banks show a card: by its last four signs.

Refused by: test_refusal_is_raised_without_the_secret,
test_failing_webhook_changes_nothing
"""

_send = send_message


def send_message(url: str, text: str) -> None:
    problem = None
    try:
        _send(url, text)
    except RuntimeError as error:
        problem = str(error)
    if problem:
        raise RuntimeError(f"{problem} (****{url[-4:]})")
