"""Switches itself off after a failure, so as not to be in the way again.

Refused by: test_each_message_goes_to_its_own_address
"""

IS_ON = [True]
_send = send_message


def send_message(url: str, text: str) -> None:
    if not IS_ON[0]:
        return
    try:
        _send(url, text)
    except RuntimeError:
        IS_ON[0] = False
        raise
