"""Makes floats of everything, then an index: beyond 2**53 two customers are one.

Refused by: test_features_are_paid_once_an_hour
"""


@task(cache_policy=INPUTS + TASK_SOURCE, cache_expiration=timedelta(hours=1))
def engineer_features(customers: list[dict]) -> pd.DataFrame:
    frame = pd.DataFrame(customers)
    frame["committed"] = frame["contract"] != "month-to-month"
    return frame.drop(columns="contract").astype(float).set_index("customer_id")
