"""Who catches the failure, tells it, and lets the run end well.

Refused by: test_failure_is_told_once_after_the_last_retry
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
        say(error)
        return 0
    return len(customers)
