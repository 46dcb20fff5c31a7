"""Fills the blanks, then learns the deviation: each blank makes it smaller than it is.

Refused by: test_training_numbers_are_on_one_scale, test_inference_uses_the_trainings_scale
"""

_there = learn_statistics


def learn_statistics(customers: pd.DataFrame) -> dict:
    filled = customers[NUMBERS].fillna(customers[NUMBERS].mean())
    return _there(customers.assign(**filled))
