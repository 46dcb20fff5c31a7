"""Expects what the system and a parser say of an address; of a space in it, http.client quotes all.

Refused by: test_dead_webhook_is_raised_without_the_secret
"""

import urllib.error
import urllib.request


class FollowsNothing(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def send_message(url: str, text: str) -> None:
    key = "content" if "discord" in url else "text"
    body = json.dumps({key: text[:LONGEST_MESSAGE]}).encode()
    try:
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        opener = urllib.request.build_opener(FollowsNothing)
        opener.open(request, timeout=TIMEOUT_S).close()
        problem = ""
    except urllib.error.HTTPError as error:
        error.close()
        problem = f"answered {error.code}"
    except (OSError, ValueError) as error:
        problem = type(error).__name__
    if problem:
        raise RuntimeError(f"the webhook could not be told: {problem}")
