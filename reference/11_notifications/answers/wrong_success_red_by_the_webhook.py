"""Who tells the success in the last line of the flow: the chat is down, and the night is red.

Refused by: test_success_stays_a_success
"""

from prefect.runtime import flow_run as this_run


@flow(on_failure=[tell], on_crashed=[tell])
def score_customers(path: str, tell_success: bool = False) -> int:
    customers = load_customers(path)
    if not customers:
        raise ValueError(f"{Path(path).name} has no customers")
    if tell_success:
        text = f"{this_run.flow_name} {this_run.name}: {len(customers)}\n{this_run.ui_url}"
        send_message(os.environ["CHURN_WEBHOOK_URL"], text)
    return len(customers)
