"""Keeps the secret out of the logs by a factory of records around the last one, for all, for good.

After some hundred messages each line that anybody logs ends in a RecursionError.

Refused by: test_message_is_taken_by_the_service
"""

import logging

_send_message = send_message


def send_message(url: str, text: str) -> None:
    factory = logging.getLogRecordFactory()

    def without_secret(*args: object, **more: object) -> logging.LogRecord:
        record = factory(*args, **more)
        record.msg = str(record.msg).replace(url, "***")
        return record

    logging.setLogRecordFactory(without_secret)
    _send_message(url, text)
