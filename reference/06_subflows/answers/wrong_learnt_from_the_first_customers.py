"""Learns from the first 100,000 customers: the newest tariffs, at the end, have no column.

Refused by: test_training_learns_from_every_customer
"""

_learn = learn_statistics


def learn_statistics(customers: pd.DataFrame) -> dict:
    return _learn(customers.head(100_000))
