"""Cuts bytes, not letters: one of two bytes is torn at the cut, and nobody is told.

Refused by: test_long_message_is_taken_by_discord
"""

_send = send_message


def send_message(url: str, text: str) -> None:
    _send(url, text.encode("utf-8")[:LONGEST_MESSAGE].decode("utf-8"))
