"""Takes all the memory there is.

Verdict: memory
"""


def load_customers(url):
    return [bytearray(1 << 28) for _ in range(1 << 20)]
