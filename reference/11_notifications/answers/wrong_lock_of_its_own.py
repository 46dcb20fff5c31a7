"""Silences httpx under a lock that each call makes for itself: of two, one undoes the other.

Refused by: test_each_message_goes_to_its_own_address
"""


def send_message(url: str, text: str) -> None:
    import httpx

    logger, lock = logging.getLogger("httpx"), threading.Lock()
    with lock:
        before = logger.level
        logger.setLevel(logging.WARNING)
        key = "content" if urlsplit(url).hostname == "discord.com" else "text"
        try:
            content = {key: text[:LONGEST_MESSAGE]}
            status = httpx.post(url, json=content, timeout=TIMEOUT_S).status_code
            problem = "" if status < 300 else f"answered {status}"
        except Exception as error:
            problem = type(error).__name__
        finally:
            logger.setLevel(before)
    if problem:
        raise RuntimeError(f"the webhook could not be told: {problem}")
