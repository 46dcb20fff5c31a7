"""Who makes sure that the alert disturbs nothing, so well that nobody learns that it is broken.

Refused by: test_failing_webhook_changes_nothing
"""

import contextlib


def tell_quietly(flow, flow_run, state):
    with contextlib.suppress(Exception):
        tell(flow, flow_run, state)


score_customers = score_customers.with_options(on_failure=[tell_quietly])
