"""Who asks `raise_for_status`, which knows errors from 400 on: a redirection has told nobody.

Refused by: test_refusal_is_raised_without_the_secret
"""


def send_message(url: str, text: str) -> None:
    host = urlsplit(url).hostname or ""
    key = "content" if host.startswith("discord") else "text"
    problem = ""
    try:
        answer = requests.post(url, json={key: text[:LONGEST_MESSAGE]}, timeout=TIMEOUT_S)
        answer.raise_for_status()
    except requests.RequestException as error:
        problem = type(error).__name__
    if problem:
        raise RuntimeError(f"the webhook at {host} could not be told: {problem}")
