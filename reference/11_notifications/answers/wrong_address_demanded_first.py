"""Who checks the configuration first: on a laptop nothing runs without a webhook.

Refused by: test_without_an_address_nobody_is_told
"""


@flow(on_failure=[tell], on_crashed=[tell], on_completion=[tell_when_asked])
def score_customers(path: str, tell_success: bool = False) -> int:
    if not os.environ.get("CHURN_WEBHOOK_URL"):
        raise RuntimeError("CHURN_WEBHOOK_URL is not set")
    customers = load_customers(path)
    if not customers:
        raise ValueError(f"{Path(path).name} has no customers")
    return len(customers)
