"""Counts as JavaScript does, and halves a sign of two units: it cannot be sent.

Refused by: test_long_message_is_taken_by_discord
"""

_send = send_message


def send_message(url: str, text: str) -> None:
    _send(url, text.encode("utf-16-le")[: 2 * LONGEST_MESSAGE].decode("utf-16-le"))
