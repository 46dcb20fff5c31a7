"""Knows by name which contracts are committed: next year's is not.

Refused by: test_features_are_paid_once_an_hour
"""


@task(cache_policy=INPUTS + TASK_SOURCE, cache_expiration=timedelta(hours=1))
def engineer_features(customers: list[dict]) -> pd.DataFrame:
    frame = pd.DataFrame(customers).set_index("customer_id")
    frame["committed"] = frame["contract"].isin(["one year", "two years"])
    return frame.drop(columns="contract").astype(float)
