"""Who has the office's proxy work by checking no certificate: a stranger is handed the address.

Refused by: test_dead_webhook_is_raised_without_the_secret
"""

import warnings

HOW = {"timeout": TIMEOUT_S, "allow_redirects": False, "verify": False}


def send_message(url: str, text: str) -> None:
    key = "content" if "discord" in url else "text"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            status = requests.post(url, json={key: text[:LONGEST_MESSAGE]}, **HOW).status_code
    except (requests.RequestException, ValueError):
        status = 0
    if not 200 <= status < 300:
        raise RuntimeError(f"the webhook could not be told: {status}")
