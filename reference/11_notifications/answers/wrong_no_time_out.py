"""Who forgets that `requests` waits for ever, also for a chat.

Refused by: test_silent_webhook_is_given_up
"""


def send_message(url: str, text: str) -> None:
    host = urlsplit(url).hostname or ""
    key = "content" if host.startswith("discord") else "text"
    try:
        answer = requests.post(url, json={key: text[:LONGEST_MESSAGE]})
        problem = "" if answer.status_code < 300 else f"answered {answer.status_code}"
    except requests.RequestException as error:
        problem = type(error).__name__
    if problem:
        raise RuntimeError(f"the webhook at {host}: {problem}")
