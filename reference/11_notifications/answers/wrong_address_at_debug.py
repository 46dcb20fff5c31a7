"""Writes the address at level DEBUG only. The day that DEBUG is on, it is in the log.

Refused by: test_message_is_taken_by_the_service,
test_told_failure_leaves_no_secret
"""

_send = send_message


def send_message(url: str, text: str) -> None:
    logging.getLogger(__name__).debug("posting to %s", url)
    _send(url, text)
