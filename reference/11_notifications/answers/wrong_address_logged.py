"""Who logs what is done, and to whom.

Refused by: test_told_failure_leaves_no_secret
"""

from prefect.logging import get_logger


def tell_and_log(flow, flow_run, state):
    tell(flow, flow_run, state)
    address = os.environ.get("CHURN_WEBHOOK_URL")
    get_logger("flow_runs").warning("told webhook %s of %s", address, state.name)


score_customers = score_customers.with_options(on_failure=[tell_and_log])
