"""Says nothing of the address itself: httpx does, at level INFO, at each call.

Refused by: test_message_is_taken_by_the_service,
test_told_failure_leaves_no_secret
"""

import httpx


def send_message(url: str, text: str) -> None:
    host = urlsplit(url).hostname or ""
    key = "content" if host.startswith("discord") else "text"
    try:
        status = httpx.post(url, json={key: text[:LONGEST_MESSAGE]}, timeout=9).status_code
        problem = "" if status < 300 else f"answered {status}"
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        problem = type(error).__name__
    if problem:
        raise RuntimeError(f"the webhook at {host} could not be told: {problem}")
