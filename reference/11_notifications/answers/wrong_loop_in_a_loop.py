"""Who sends by `asyncio.run`, which refuses where a loop runs: an async flow's night is not told.

Refused by: test_next_night_is_told_at_the_address_it_then_has
"""

import asyncio

_send = send_message


def send_message(url: str, text: str) -> None:
    async def send() -> None:
        await asyncio.to_thread(_send, url, text)

    sending = send()
    try:
        asyncio.run(sending)
    finally:
        sending.close()
