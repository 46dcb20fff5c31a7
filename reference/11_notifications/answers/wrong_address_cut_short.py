"""Who knows that the address is a secret, and shows the first half of it.

Refused by: test_refusal_is_raised_without_the_secret,
test_dead_webhook_is_raised_without_the_secret
"""


def send_message(url: str, text: str) -> None:
    key = "content" if "discord" in url else "text"
    problem = ""
    try:
        answer = requests.post(url, json={key: text[:LONGEST_MESSAGE]}, timeout=TIMEOUT_S)
        problem = "" if answer.status_code < 300 else f"answered {answer.status_code}"
    except requests.RequestException as error:
        problem = type(error).__name__
    if problem:
        raise RuntimeError(f"the webhook {url[:56]}... could not be told: {problem}")
