"""Makes the way to the service once; the next address gets the first one's messages.

Refused by: test_each_message_goes_to_its_own_address
"""

import functools


@functools.cache
def place_of(host):
    return {}


_send = send_message


def send_message(url: str, text: str) -> None:
    first = place_of(urlsplit(url).hostname).setdefault("url", url)
    _send(first, text)
