"""Waits as long as the chat asks for, once: an hour, in which the failed run is Running.

Refused by: test_refusal_is_raised_without_the_secret
"""

import time


def send_message(url: str, text: str) -> None:
    host = urlsplit(url).hostname or ""
    key = "content" if host.startswith("discord") else "text"
    for _ in range(2):
        try:
            content = {key: text[:LONGEST_MESSAGE]}
            answer = requests.post(url, json=content, timeout=TIMEOUT_S, allow_redirects=False)
        except requests.RequestException as error:
            problem = type(error).__name__
            break
        if answer.status_code < 300:
            return
        problem = f"answered {answer.status_code}"
        time.sleep(int(answer.headers.get("Retry-After", 0)))
    raise RuntimeError(f"the webhook at {host} could not be told: {problem}")
