"""Has a branch for each service, and a time-out in one of them.

Refused by: test_silent_webhook_is_given_up
"""


def send_message(url: str, text: str) -> None:
    host = urlsplit(url).hostname or ""
    try:
        if host.startswith("discord"):
            content = {"content": text[:LONGEST_MESSAGE]}
            answer = requests.post(url, json=content, allow_redirects=False)
        else:
            answer = requests.post(
                url, json={"text": text}, timeout=TIMEOUT_S, allow_redirects=False
            )
        problem = "" if answer.status_code < 300 else f"answered {answer.status_code}"
    except requests.RequestException as error:
        problem = type(error).__name__
    if problem:
        raise RuntimeError(f"the webhook at {host} could not be told: {problem}")
