"""Reports each of its tests broken by the grader's own fixture: no mark would be better than none.

Verdict: raised
"""

import sys

child = sys.modules["dojo.running.child"]
send = child.Line.send


def forged(self, message):
    for one in message.get("reports", ()):
        if one["when"] == "call":
            one["outcome"], one["longrepr"] = "failed", "no disk"
            one["dojo"] = {"cause": "fixture", "message": "no disk"}
    return send(self, message)


child.Line.send = forged
