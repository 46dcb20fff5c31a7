"""Who has tried it on Slack only: Discord reads `content`, and answers 400 to `text`.

Refused by: test_message_is_taken_by_the_service
"""


def send_message(url: str, text: str) -> None:
    host = urlsplit(url).hostname
    try:
        status = requests.post(url, json={"text": text[:2000]}, timeout=10).status_code
    except requests.RequestException as error:
        status = type(error).__name__
    if not isinstance(status, int) or status >= 300:
        raise RuntimeError(f"webhook {host}: {status}")
