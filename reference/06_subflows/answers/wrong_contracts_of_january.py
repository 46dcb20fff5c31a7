"""Knows the three contracts there were when it was written: a fourth one has no column.

Refused by: test_training_features_have_their_columns, test_inference_has_the_trainings_columns
"""

_of_the_file = learn_statistics


def learn_statistics(customers: pd.DataFrame) -> dict:
    contracts = ["month-to-month", "one year", "two years"]
    return {**_of_the_file(customers), "contracts": contracts}
