"""Leaves a process that changes files after the grading.

Verdict: wrong
"""

import os
import threading

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            threading.Event().wait(0.2)
            for name in ("results.json", "results.sqlite", "/tmp/results.json"):
                try:
                    open(name, "w").write("{}")
                except OSError:
                    pass
    os._exit(0)
