"""Who tells the success in a `finally`, where it is not one yet.

Refused by: test_asked_success_does_not_double_a_failure
"""

from prefect.runtime import flow_run as this_run


@flow(on_failure=[tell], on_crashed=[tell])
def score_customers(path: str, tell_success: bool = False) -> int:
    try:
        customers = load_customers(path)
        if not customers:
            raise ValueError(f"{Path(path).name} has no customers")
        return len(customers)
    finally:
        if tell_success:
            text = f"{this_run.flow_name} {this_run.name} is done\n{this_run.ui_url}"
            try:
                send_message(os.environ["CHURN_WEBHOOK_URL"], text)
            except RuntimeError as error:
                print(error)
