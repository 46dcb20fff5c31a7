"""Find a port of loopback for a server that a test starts a moment later."""

from __future__ import annotations

import random
import socket


def free_port() -> int:
    """Return a free port that the kernel hands to nobody in the meantime.

    Below the ports that it gives to whoever asks for any (32768 and more on Linux, 49152 on
    others): between this question and the server's start other tests open hundreds of those.
    """
    draw = random.SystemRandom()
    while True:
        port = draw.randrange(12000, 32000)
        with socket.socket() as one:
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
