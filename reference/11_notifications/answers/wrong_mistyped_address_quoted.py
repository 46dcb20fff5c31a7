"""Expects a webhook that is away, not an address without https://: that error quotes all of it.

Refused by: test_dead_webhook_is_raised_without_the_secret,
test_failing_webhook_changes_nothing
"""


def send_message(url: str, text: str) -> None:
    host = urlsplit(url).hostname or ""
    key = "content" if host.startswith("discord") else "text"
    try:
        content = {key: text[:LONGEST_MESSAGE]}
        answer = requests.post(url, json=content, timeout=TIMEOUT_S, allow_redirects=False)
        problem = "" if answer.status_code < 300 else f"answered {answer.status_code}"
    except (requests.ConnectionError, requests.Timeout) as error:
        problem = type(error).__name__
    if problem:
        raise RuntimeError(f"the webhook at {host} could not be told: {problem}")
