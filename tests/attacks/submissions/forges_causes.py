"""Reports its tests red for a cause that there is not, with a message that is no text.

Verdict: exited
"""

import sys

child = sys.modules["dojo.running.child"]
send = child.Line.send


def forged(self, message):
    for one in message.get("reports", ()):
        one["outcome"], one["longrepr"] = "failed", None
        one["dojo"] = {"cause": "Nonsense", "message": {"a": ["b"]}}
    return send(self, message)


child.Line.send = forged
