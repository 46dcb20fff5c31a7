"""Reports its tests with a stack of frames that pytest cannot draw, and methods that are words.

Verdict: exited
"""

import sys

child = sys.modules["dojo.running.child"]
send = child.Line.send


def forged(self, message):
    for one in message.get("reports", ()):
        one["longrepr"] = {"reprcrash": 1, "reprtraceback": {"reprentries": [1], "extraline": {}}}
        one["get_sections"] = one["longreprtext"] = "passed"
    return send(self, message)


child.Line.send = forged
