"""A proxy at which nobody answers, in the spellings that libraries read: for processes under test.

Whoever asks it for a server on this machine fails at once, or tries again until its time is over.
"""

DEAD = "http://127.0.0.1:9"
DEAD_PROXIES = {
    "HTTP_PROXY": DEAD,
    "http_proxy": DEAD,
    "Https_Proxy": DEAD,
    "ALL_PROXY": "socks5://127.0.0.1:9",  # httpx cannot even make a client for it
    "no_proxy": "intranet.example",
}
NONE = {"no": "*"}  # what urllib finds where there is none, on any system
