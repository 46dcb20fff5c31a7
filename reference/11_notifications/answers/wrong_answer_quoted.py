"""Quotes the answer in its error: a page of errors has the path that was asked for.

Refused by: test_refusal_is_raised_without_the_secret
"""


def send_message(url: str, text: str) -> None:
    host = urlsplit(url).hostname or ""
    key = "content" if host.startswith("discord") else "text"
    try:
        content = {key: text[:LONGEST_MESSAGE]}
        answer = requests.post(url, json=content, timeout=TIMEOUT_S, allow_redirects=False)
        problem = answer.text[:200] or "nothing said" if answer.status_code >= 300 else ""
    except requests.RequestException as error:
        problem = type(error).__name__
    if problem:
        raise RuntimeError(f"the webhook at {host} could not be told: {problem}")
