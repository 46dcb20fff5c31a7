"""Writes the JSON itself. The first error with a quote in it is refused, and nobody hears of it.

Refused by: test_message_is_taken_by_the_service,
test_failure_is_told_once_after_the_last_retry
"""


def send_message(url: str, text: str) -> None:
    host = urlsplit(url).hostname or ""
    key = "content" if host.startswith("discord") else "text"
    said = text[:1900].replace("\n", "\\n")
    body = f'{{"{key}": "{said}"}}'
    head = {"Content-Type": "application/json"}
    try:
        answer = requests.post(
            url, body.encode(), headers=head, timeout=TIMEOUT_S, allow_redirects=False
        )
        problem = "" if answer.status_code < 300 else f"answered {answer.status_code}"
    except requests.RequestException as error:
        problem = type(error).__name__
    if problem:
        raise RuntimeError(f"the webhook at {host} could not be told: {problem}")
