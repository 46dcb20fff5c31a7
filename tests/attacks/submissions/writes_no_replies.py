"""Finds the line and the number of the question, and answers with what is no answer.

Verdict: wrong
"""

import gc
import json
import struct
import sys


def said(nonce, text):
    data = text.replace("NONCE", nonce).encode()
    return struct.pack("!I", len(data)) + data


def forged(text):
    frame = sys._getframe()
    while frame is not None and frame.f_code.co_name != "_take_turn":
        frame = frame.f_back
    if frame is not None:
        nonce = frame.f_locals["message"]["nonce"]
        for one in gc.get_objects():
            if type(one).__name__ == "Line" and hasattr(one, "_socket"):
                try:
                    one._socket.sendall(said(nonce, text))
                except OSError:
                    pass  # another one, closed
    return []


KEYS = json.dumps([[number * (2**61 - 1), 0] for number in range(200_000)])


def load_customers(url):
    return forged('{"nonce": "NONCE", "handle": 0, "returned": {"dict": %s}}' % KEYS)


def load_with_backoff(url):
    return forged('{"waited": NaN, "by": "engine"}')


def load_with_jitter(url):
    deep = "[" * 900 + "]" * 900
    return forged('{"nonce": "NONCE", "handle": 0, "returned": %s}' % deep)


def load_unless_hopeless(url):
    return forged('{"nonce": "NONCE", "raised": {}, "text": [], "where": NaN, "kinds": 1}')


def load_politely(url):
    return forged('{"nonce": "NONCE", "handle": {}, "returned": 1e999, "more": "\\ud800"}')
