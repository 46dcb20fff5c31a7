"""Asks a silent webhook again, which may have taken the message.

Refused by: test_silent_webhook_is_given_up
"""

once = send_message


def send_message(url: str, text: str) -> None:
    try:
        once(url, text)
    except RuntimeError as error:
        if "Timeout" not in str(error):
            raise
        once(url, text)
