"""Silences httpx's logger, and takes away the level that somebody had given it.

Refused by: test_message_is_taken_by_the_service
"""

told_quietly = send_message


def send_message(url: str, text: str) -> None:
    logger = logging.getLogger("httpx")
    logger.setLevel(logging.WARNING)
    try:
        told_quietly(url, text)
    finally:
        logger.setLevel(logging.NOTSET)
