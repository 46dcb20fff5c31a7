"""Leaves threads that no interpreter's end can wait for.

Verdict: wrong
"""

import threading

threading.Thread(target=threading.Event().wait).start()
