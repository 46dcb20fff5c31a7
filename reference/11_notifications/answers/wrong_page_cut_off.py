"""Who puts the page's address behind the error, and cuts the end.

Refused by: test_long_error_is_told_on_discord
"""


def told_at_the_end(flow, flow_run, state):
    url = os.environ.get("CHURN_WEBHOOK_URL")
    if url:
        send_message(url, f"{flow.name} {flow_run.name}: {state.message} {url_for(flow_run)}")


score_customers = score_customers.with_options(
    on_failure=[told_at_the_end], on_crashed=[told_at_the_end]
)
