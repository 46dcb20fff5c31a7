"""Who takes an answer for a success: HTTP libraries raise nothing for a 500.

Refused by: test_refusal_is_raised_without_the_secret
"""


def send_message(url: str, text: str) -> None:
    host = urlsplit(url).hostname or ""
    key = "content" if host.startswith("discord") else "text"
    problem = ""
    try:
        requests.post(url, json={key: text[:LONGEST_MESSAGE]}, timeout=10)
    except requests.RequestException as error:
        problem = type(error).__name__
    if problem:
        raise RuntimeError(f"the webhook at {host}: {problem}")
