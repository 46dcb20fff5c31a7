"""Who writes a hook as one would write a callback. The engine only logs that it failed.

Refused by: test_failure_is_told_once_after_the_last_retry
"""


def tell_briefly(flow_run):
    send_message(os.environ["CHURN_WEBHOOK_URL"], f"score-customers {flow_run.name} failed")


score_customers = score_customers.with_options(on_failure=[tell_briefly])
