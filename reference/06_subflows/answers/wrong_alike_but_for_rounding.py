"""Looks for a deviation of exactly 0: rounding leaves 7e-15, and everybody is far from the mean.

Refused by: test_training_numbers_are_on_one_scale
"""

_alike_is_one = learn_statistics


def learn_statistics(customers: pd.DataFrame) -> dict:
    stds = {name: float(customers[name].std()) or 1.0 for name in NUMBERS}
    return {**_alike_is_one(customers), "stds": stds}
