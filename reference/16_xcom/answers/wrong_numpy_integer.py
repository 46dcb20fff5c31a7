"""Returns what pandas computed: a numpy integer, which prints like any other.

Refused by: test_totals_and_means_are_plain_numbers
"""

_plain = engineer_features


def engineer_features(customers: dict) -> dict:
    total = pd.read_csv(customers["path"])["support_calls"].sum()
    return {**_plain(customers), "support_calls": total}
