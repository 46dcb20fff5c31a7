"""Returns objects with half a million names, and as many faults in one reply.

Verdict: wrong
"""

import sys

child = sys.modules.get("dojo.inside.examination")
if child is not None:
    send = child.Line.send

    def wide(self, message):
        if "nonce" in message:
            message = {**message, **{str(number): 0 for number in range(450_000)}}
        return send(self, message)

    child.Line.send = wide
