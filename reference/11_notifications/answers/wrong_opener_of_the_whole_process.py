"""Installs an opener that follows no redirection: from then on nobody in the worker does.

Refused by: test_message_is_taken_by_the_service
"""

import urllib.request

_send_message = send_message


class FollowsNothing(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None: ...


def send_message(url: str, text: str) -> None:
    urllib.request.install_opener(urllib.request.build_opener(FollowsNothing))
    _send_message(url, text)
