"""Keeps the address from the first time that it was needed.

Refused by: test_next_night_is_told_at_the_address_it_then_has
"""

KEPT = {}


def tell(flow: Flow, flow_run: FlowRun, state: State) -> None:
    url = os.environ.get("CHURN_WEBHOOK_URL") and KEPT.setdefault(
        "url", os.environ["CHURN_WEBHOOK_URL"]
    )
    if url:
        what = state.message or ""
        where = url_for(flow_run)
        send_message(url, f"{flow.name}, run {flow_run.name}: {state.name}\n{where}\n{what}")


score_customers = score_customers.with_options(on_failure=[tell], on_crashed=[tell])
