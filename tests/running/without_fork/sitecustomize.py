"""Take from Python what Windows lacks: for all that starts with this folder in its path."""

import os
import select
import signal

for module, names in (
    (os, ("fork", "forkpty", "killpg", "setpgid", "getpgid", "setsid", "pidfd_open", "pread")),
    (signal, ("SIGXFSZ", "setitimer")),
    (select, ("epoll",)),
):
    for name in names:
        if hasattr(module, name):
            delattr(module, name)
