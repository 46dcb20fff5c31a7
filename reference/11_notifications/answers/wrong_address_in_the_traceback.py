"""Who raises a clean error, from one whose text has the whole address.

Refused by: test_refusal_is_raised_without_the_secret,
test_dead_webhook_is_raised_without_the_secret
"""


def send_message(url: str, text: str) -> None:
    host = urlsplit(url).hostname or ""
    key = "content" if host.startswith("discord") else "text"
    status = None
    try:
        answer = requests.post(url, json={key: text[:LONGEST_MESSAGE]}, timeout=10)
        status = answer.status_code
        answer.raise_for_status()
    except requests.RequestException as error:
        raise RuntimeError(f"the webhook at {host} could not be told: {status}") from error
