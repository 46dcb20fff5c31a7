"""Cuts at the limit, and says so in three characters more.

Refused by: test_long_message_is_taken_by_discord
"""

LONGEST_MESSAGE = 2003
_send = send_message


def send_message(url: str, text: str) -> None:
    _send(url, text if len(text) <= 2000 else text[:2000] + "...")
