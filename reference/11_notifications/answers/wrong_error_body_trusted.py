"""Asks the answer for its reason, which is a JSON object on good days only.

Refused by: test_refusal_is_raised_without_the_secret
"""


def send_message(url: str, text: str) -> None:
    host = urlsplit(url).hostname or ""
    key = "content" if host.startswith("discord") else "text"
    try:
        content = {key: text[:LONGEST_MESSAGE]}
        answer = requests.post(url, json=content, timeout=TIMEOUT_S, allow_redirects=False)
        problem = type(answer).__name__
    except requests.RequestException as error:
        answer, problem = None, type(error).__name__
    if answer is not None:
        if answer.status_code < 300:
            return
        problem = f"answered {answer.status_code}"
        if answer.headers.get("Content-Type") == "application/json":
            problem += f": {answer.json()['detail']}"
    raise RuntimeError(f"the webhook at {host} could not be told: {problem}")
