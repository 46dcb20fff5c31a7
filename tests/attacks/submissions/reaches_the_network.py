"""Asks a host of the network, by name and by number, TCP and UDP.

Verdict: raised
"""

import socket


def load_customers(url):
    sent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for host in ("192.0.2.1", "1.1.1.1"):
        try:
            sent.sendto(b"x", (host, 53))
            return "sent"
        except OSError:
            pass
        try:
            socket.create_connection((host, 80), timeout=2)
            return "connected"
        except OSError:
            pass
    socket.getaddrinfo("example.org", 80)
