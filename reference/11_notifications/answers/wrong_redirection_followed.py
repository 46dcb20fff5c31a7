"""Looks at the status, but of the page that a redirection led to: a GET, without the message.

Refused by: test_refusal_is_raised_without_the_secret
"""


def send_message(url: str, text: str) -> None:
    host = urlsplit(url).hostname or ""
    key = "content" if host.startswith("discord") else "text"
    try:
        answer = requests.post(url, json={key: text[:LONGEST_MESSAGE]}, timeout=TIMEOUT_S)
        problem = "" if answer.status_code < 300 else f"answered {answer.status_code}"
    except requests.RequestException as error:
        problem = type(error).__name__
    if problem:
        raise RuntimeError(f"the webhook at {host} could not be told: {problem}")
