"""Sets the time-out for all sockets of the process: the database's and the orchestrator's too.

Refused by: test_message_is_taken_by_the_service,
    test_failure_is_told_once_after_the_last_retry, test_failing_webhook_changes_nothing,
    test_success_is_told_only_when_asked
"""

import socket

_send_message = send_message


def send_message(url: str, text: str) -> None:
    socket.setdefaulttimeout(TIMEOUT_S)
    _send_message(url, text)
