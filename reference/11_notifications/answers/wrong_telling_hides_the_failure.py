"""Who tells in an `except` of the flow: the webhook's own error takes its place.

Refused by: test_failing_webhook_changes_nothing
"""

from prefect import get_run_logger
from prefect.runtime import flow_run as this_run


def say(error: BaseException) -> None:
    text = f"{this_run.flow_name} {this_run.name} {this_run.ui_url}\n{error!r}"
    send_message(os.environ["CHURN_WEBHOOK_URL"], text[:1500])


@flow(on_crashed=[tell], on_completion=[tell_when_asked])
def score_customers(path: str, tell_success: bool = False) -> int:
    try:
        customers = load_customers(path)
        if not customers:
            raise ValueError(f"{Path(path).name} has no customers")
    except Exception as error:
        if os.environ.get("CHURN_WEBHOOK_URL"):
            say(error)
        raise
    return len(customers)
