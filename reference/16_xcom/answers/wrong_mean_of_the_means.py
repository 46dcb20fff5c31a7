"""Who takes the mean of the means of blocks: the last block is a short one, and the report is off.

Refused by: test_mean_of_nothing_is_null
"""

_made = engineer_features


def engineer_features(customers: dict) -> dict:
    value = _made(customers)
    table = pd.read_csv(customers["path"], usecols=NUMBERS)
    blocks = [table.iloc[start : start + 10_000] for start in range(0, len(table), 10_000)]
    for name in NUMBERS:
        means = [float(one[name].mean()) for one in blocks if one[name].notna().any()]
        value["means"][name] = sum(means) / len(means) if means else None
    return value
