"""Reports its tests with seconds that are no number.

Verdict: exited
"""

import sys

child = sys.modules["dojo.running.child"]
send = child.Line.send


def forged(self, message):
    for number, one in enumerate(message.get("reports", ())):
        one["outcome"], one["longrepr"] = "passed", None
        one["duration"] = (float("nan"), float("inf"), -1, "0.1", None, {})[number % 6]
    return send(self, message)


child.Line.send = forged
